// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import java.time.Duration;

/**
 * Why a request finds no place in the queue, and when it is worth coming back.
 *
 * <p>The delay follows from the wait that is predicted, so that callers of a server that is seconds
 * behind do not knock ten times a second; {@link #DELAY_MIN} at least, {@link #DELAY_MAX} at most,
 * since a prediction may be wrong. Stateless and thread-safe.
 */
final class QueueRefusals {
  /** Less is not worth a round trip. */
  static final Duration DELAY_MIN = Duration.ofMillis(10);

  /** Longer nobody is sent away: other servers, or a lull, may come sooner. */
  static final Duration DELAY_MAX = Duration.ofSeconds(5);

  private QueueRefusals() {}

  /**
   * The queue holds as much as it may. Worth coming back when half of it is done: later the workers
   * might have nothing to do.
   *
   * @param what events or bytes
   * @param waitNanos how long a new request would wait; 0 as long as nothing is known
   */
  static ReasonException full(String what, long there, long more, long max, long waitNanos) {
    return new ReasonException(
        Reason.REASON_QUEUE_FULL,
        "queue: %d %s wait, %d more (expected: at most %d); retry later or start another server"
            .formatted(there, what, more, max),
        waitNanos == 0 ? Reasons.RETRY_DELAY : bounded(waitNanos / 2));
  }

  /**
   * The request would not be answered in time. Worth coming back when the queue is so much shorter
   * that one with as much time would be.
   *
   * @param waitNanosMax how much of the request's time it may be planned to wait
   */
  static ReasonException waitTooLong(long waitNanos, long waitNanosMax) {
    return new ReasonException(
        Reason.REASON_WAIT_TOO_LONG,
        "queue: a wait of %.1f ms (expected: at most %.1f ms, four tenths of the time left beside the request's own work); allow more time, retry later or start another server"
            .formatted(waitNanos / 1e6, waitNanosMax / 1e6),
        bounded(waitNanos - waitNanosMax));
  }

  /** The server closes. */
  static ReasonException draining() {
    return new ReasonException(
        Reason.REASON_DRAINING, "server: draining (expected: serving); ask another server");
  }

  private static Duration bounded(long nanos) {
    long least = Math.max(DELAY_MIN.toNanos(), nanos);
    return Duration.ofNanos(Math.min(DELAY_MAX.toNanos(), least));
  }
}
