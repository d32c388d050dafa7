// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/** The stream holds entries of another source; resuming would mix the two. */
public final class FingerprintMismatchException extends EventLogException {
  private static final long serialVersionUID = 1L;

  public FingerprintMismatchException(String message) {
    super(message);
  }
}
