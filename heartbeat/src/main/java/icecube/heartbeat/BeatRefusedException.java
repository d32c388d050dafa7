// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

/** A beat the registry does not take at all, and why. */
final class BeatRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is. */
  enum Refusal {
    /** The beat itself: it will never be taken. */
    INVALID,
    /** A limit of the registry: it may be taken later. */
    FULL
  }

  private final Refusal refusal;

  BeatRefusedException(Refusal refusal, String message) {
    // No stack trace: a refusal says all, and a flood of them must be cheap.
    super(message, null, false, false);
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
