// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.chassis.TimeAndChance;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When the next entry may go: at a steady number of events per second, at the pace at which its
 * events were recorded, or at once.
 *
 * <p>Recorded events go when the last of their entry has triggered, never before. What was held up
 * is caught up at once, for up to {@value #CATCH_UP_SECONDS} s; what is older is given up, or a
 * long outage would end in a flood. Confined to one thread.
 */
final class Pace {
  static final long CATCH_UP_SECONDS = 1;

  private static final double NANOS_PER_SECOND = 1e9;

  private final double nanosPerEvent;
  private final double replaySpeed;
  private final TimeAndChance time;
  private long startNanos;
  private long events;
  private @Nullable TriggerSpan replayed;

  Pace(EmitterSettings settings, TimeAndChance time) {
    double rate = settings.eventsPerSecond();
    this.nanosPerEvent = rate == 0 ? 0 : NANOS_PER_SECOND / rate;
    this.replaySpeed = settings.replaySpeed();
    this.time = time;
    this.startNanos = time.nanoTime();
  }

  /** How long the next entry has to wait; zero or less if it may go. */
  Duration until(CutEntry entry) {
    if (replaySpeed > 0) {
      return untilRecorded(entry.span());
    }
    return nanosPerEvent == 0 ? Duration.ZERO : untilNanos((long) (events * nanosPerEvent));
  }

  private Duration untilRecorded(@Nullable TriggerSpan span) {
    if (span == null) {
      return Duration.ZERO;
    }
    TriggerSpan before = replayed;
    if (before == null) {
      startNanos = time.nanoTime();
      before = new TriggerSpan(span.firstNs(), span.firstNs());
    }
    // Events without pulses come after their batch, with times that have passed.
    TriggerSpan now = new TriggerSpan(before.firstNs(), Math.max(before.lastNs(), span.lastNs()));
    replayed = now;
    return untilNanos((long) ((now.lastNs() - now.firstNs()) / replaySpeed));
  }

  private Duration untilNanos(long sinceStartNanos) {
    long lateNanos = time.nanoTime() - (startNanos + sinceStartNanos);
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

  /** What comes next lies elsewhere in the source: its first event goes now. */
  void restart() {
    replayed = null;
  }
}
