// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;

/**
 * What may wait in the queue: so many events and bytes of callers, beside them a fixed number for
 * shadows, and nothing that would hardly be answered before it expires. Immutable.
 *
 * @param eventsMax events of callers
 * @param bytesMax bytes of them; one request may exceed it alone
 * @param workerCount threads that share what waits
 */
record QueueLimits(int eventsMax, long bytesMax, int workerCount) {
  /** Events that may wait for shadows. */
  static final int SHADOW_EVENTS_MAX = 4_096;

  /** Bytes of them. */
  static final long SHADOW_BYTES_MAX = 16 << 20;

  /**
   * The share of its time, its own work aside, that a request may be planned to wait. Under a
   * lasting overload the queue is always as long as it may be: if all of the time were planned, an
   * error of a hundredth in the prediction would let every request expire after its work was done,
   * and the longer the queue, the longer everybody waits after the overload.
   */
  static final double WAIT_SHARE_MAX = 0.4;

  /**
   * Refuses what finds no place in {@code backlog}, whose lock the caller holds.
   *
   * @param expectedNanos what one worker will need for {@code request}
   * @throws ReasonException {@code QUEUE_FULL} or {@code WAIT_TOO_LONG}
   */
  void requireRoom(
      RequestBacklog backlog, QueuedRequest request, long expectedNanos, long nowNanos) {
    if (request.lane() == Lane.SHADOW) {
      require("events", backlog.shadowEvents(), request.eventCount(), SHADOW_EVENTS_MAX, 0);
      require("bytes", backlog.shadowBytes(), request.sizeBytes(), SHADOW_BYTES_MAX, 0);
      return;
    }
    long waitNanos = backlog.nanosBefore(request.lane()) / workerCount;
    require("events", backlog.events(), request.eventCount(), eventsMax, waitNanos);
    // An empty queue takes any one request: its size was limited on the way in.
    if (backlog.events() > 0) {
      require("bytes", backlog.bytes(), request.sizeBytes(), bytesMax, waitNanos);
      requireTime(request, waitNanos, expectedNanos, nowNanos);
    }
  }

  private static void require(String what, long there, long more, long max, long waitNanos) {
    if (there + more > max) {
      throw QueueRefusals.full(what, there, more, max, waitNanos);
    }
  }

  /** What would hardly be answered in time is not worth its place: better to know it at once. */
  private static void requireTime(
      QueuedRequest request, long waitNanos, long expectedNanos, long nowNanos) {
    if (request.deadlineNanos().isEmpty()) {
      return;
    }
    long leftNanos = request.deadlineNanos().getAsLong() - nowNanos;
    long waitNanosMax = (long) (WAIT_SHARE_MAX * (leftNanos - expectedNanos));
    if (waitNanos > waitNanosMax) {
      throw QueueRefusals.waitTooLong(waitNanos, Math.max(0, waitNanosMax));
    }
  }
}
