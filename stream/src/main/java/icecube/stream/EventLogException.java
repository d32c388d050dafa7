// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/** The log did not answer, or answered with a failure; the outcome of the operation is unknown. */
public class EventLogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EventLogException(String message) {
    super(message);
  }

  public EventLogException(String message, Throwable cause) {
    super(message, cause);
  }
}
