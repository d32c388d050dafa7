// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/**
 * The settings cannot be right: they name a log that is not there or is made otherwise, an address
 * that is none, or a file that cannot be read. Asking again is no use.
 */
public final class LogSettingsException extends EventLogException {
  private static final long serialVersionUID = 1L;

  LogSettingsException(String message) {
    super(message);
  }

  LogSettingsException(String message, Throwable cause) {
    super(message, cause);
  }
}
