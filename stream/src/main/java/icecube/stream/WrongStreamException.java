// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/** The settings name a log that is not there, or that is made otherwise; asking again is no use. */
public final class WrongStreamException extends EventLogException {
  private static final long serialVersionUID = 1L;

  WrongStreamException(String message) {
    super(message);
  }
}
