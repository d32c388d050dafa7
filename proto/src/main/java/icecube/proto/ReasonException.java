// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import static java.util.Objects.requireNonNull;

import icecube.v1.Reason;
import java.time.Duration;

/**
 * An entry or a request that cannot be answered, with the one {@link Reason} that says why.
 *
 * <p>Unchecked, because it crosses gRPC callbacks; {@link Reasons} turns it into a status and back.
 */
public final class ReasonException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final Duration retryDelay;

  /**
   * @param reason why; decides status and retry
   * @param message value, expectation and what to do
   */
  public ReasonException(Reason reason, String message) {
    this(reason, message, Reasons.RETRY_DELAY);
  }

  /**
   * Like {@link #ReasonException(Reason, String)}, of overload that is known to last.
   *
   * @param retryDelay how long the caller should stay away
   */
  public ReasonException(Reason reason, String message, Duration retryDelay) {
    super(requireNonNull(message, "message"));
    this.reason = requireNonNull(reason, "reason");
    this.retryDelay = requireNonNull(retryDelay, "retryDelay");
  }

  /** Like {@link #ReasonException(Reason, String)}, with what led to it. */
  public ReasonException(Reason reason, String message, Throwable cause) {
    super(requireNonNull(message, "message"), cause);
    this.reason = requireNonNull(reason, "reason");
    this.retryDelay = Reasons.RETRY_DELAY;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** How long a caller is asked to stay away; only told on overload. */
  public Duration retryDelay() {
    return retryDelay;
  }

  /** What went wrong, in a sentence; never null. */
  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
