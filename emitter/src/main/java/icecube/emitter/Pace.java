// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.chassis.TimeAndChance;
import java.time.Duration;

/**
 * When the next event may go, at a steady number of events per second from the first one on.
 *
 * <p>What was held up is caught up at once, for up to {@value #CATCH_UP_SECONDS} s of events; what
 * is older is given up, or a long outage would end in a flood. Confined to one thread.
 */
final class Pace {
  static final long CATCH_UP_SECONDS = 1;

  private static final double NANOS_PER_SECOND = 1e9;

  private final double nanosPerEvent;
  private final TimeAndChance time;
  private long startNanos;
  private long events;

  /**
   * @param eventsPerSecond 0 for no limit
   */
  Pace(double eventsPerSecond, TimeAndChance time) {
    this.nanosPerEvent = eventsPerSecond == 0 ? 0 : NANOS_PER_SECOND / eventsPerSecond;
    this.time = time;
    this.startNanos = time.nanoTime();
  }

  /** How long the next event has to wait; zero or less if it may go. */
  Duration untilNext() {
    if (nanosPerEvent == 0) {
      return Duration.ZERO;
    }
    long now = time.nanoTime();
    long dueNanos = startNanos + (long) (events * nanosPerEvent);
    long lateNanos = now - dueNanos;
    long catchUpNanos = Duration.ofSeconds(CATCH_UP_SECONDS).toNanos();
    if (lateNanos > catchUpNanos) {
      startNanos += lateNanos - catchUpNanos;
      return Duration.ZERO;
    }
    return Duration.ofNanos(-lateNanos);
  }

  /** So many events went. */
  void passed(int eventCount) {
    events += eventCount;
  }
}
