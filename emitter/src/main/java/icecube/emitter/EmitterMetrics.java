// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.EventDefect;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the emitter counts.
 *
 * <p>{@code accepted + rejected} is the number of events this emitter brought into the log; entries
 * that an earlier one brought are not counted, entries sent again after a loss are counted again.
 * Thread-safe.
 */
final class EmitterMetrics {
  private static final String PREFIX = "icecube.emitter.";

  private final MeterRegistry meters;
  private final Counter accepted;
  private final Map<Reason, Counter> rejected = new EnumMap<>(Reason.class);
  private final Counter busy;
  private final Counter rewinds;
  private final Counter reread;
  private final Counter failures;
  private final AtomicLong backlog;
  private final AtomicLong outboxEntries;
  private final AtomicLong outboxBytes;
  private final AtomicLong checkpoints;

  EmitterMetrics(MeterRegistry meters) {
    this.meters = meters;
    accepted = meters.counter(PREFIX + "events.accepted");
    addRejected(Reason.REASON_EVENT_ID_DUPLICATE);
    for (EventDefect defect : EventDefect.values()) {
      addRejected(Reasons.of(defect));
    }
    busy = meters.counter(PREFIX + "appends.busy");
    rewinds = meters.counter(PREFIX + "rewinds");
    reread = meters.counter(PREFIX + "entries.reread");
    failures = meters.counter(PREFIX + "log.failures");
    backlog = gauge("backlog.entries");
    outboxEntries = gauge("outbox.entries");
    outboxBytes = gauge("outbox.bytes");
    checkpoints = gauge("checkpoints");
  }

  private void addRejected(Reason reason) {
    rejected.put(
        reason, meters.counter(PREFIX + "events.rejected", "reason", Reasons.nameOf(reason)));
  }

  /** A second emitter on the same registry goes uncounted here rather than failing. */
  private AtomicLong gauge(String name) {
    var value = new AtomicLong();
    if (meters.find(PREFIX + name).gauge() == null) {
      meters.gauge(PREFIX + name, value);
    }
    return value;
  }

  /** An entry is in the log. */
  void appended(int eventCount, Map<Reason, Integer> refused) {
    int refusedCount = 0;
    for (var entry : refused.entrySet()) {
      Counter counter = rejected.get(entry.getKey());
      if (counter != null) {
        counter.increment(entry.getValue());
      }
      refusedCount += entry.getValue();
    }
    accepted.increment((double) (eventCount - refusedCount));
  }

  void busy() {
    busy.increment();
  }

  /** The source goes back by so many entries. */
  void rewound(long entries) {
    rewinds.increment();
    reread.increment((double) entries);
  }

  void failed() {
    failures.increment();
  }

  void backlog(long entries) {
    backlog.set(entries);
  }

  /** What waits between source and log. */
  void outboxes(long entries, long sizeBytes) {
    outboxEntries.set(entries);
    outboxBytes.set(sizeBytes);
  }

  /** Places kept to go back to. */
  void checkpoints(int count) {
    checkpoints.set(count);
  }
}
