// SPDX-License-Identifier: Apache-2.0
package icecube.load;

/** Why no load can be made: the server is not there, or its model cannot be asked this way. */
public final class LoadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LoadException(String message) {
    super(message);
  }

  LoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
