// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.otel.Meters;
import icecube.physics.EventDefect;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the emitter counts.
 *
 * <p>{@code accepted + rejected} is the number of events this emitter brought into the log; entries
 * that an earlier one brought are not counted, entries sent again after a loss are counted again.
 * Thread-safe.
 */
final class EmitterMetrics {
  private final Meters meters;
  private final Counter accepted;
  private final Map<Reason, Counter> rejected = new EnumMap<>(Reason.class);
  private final Timer append;
  private final Counter busy;
  private final Counter rewinds;
  private final Counter reread;
  private final Counter failures;
  private final AtomicLong backlog;
  private final AtomicLong outboxEntries;
  private final AtomicLong outboxBytes;
  private final AtomicLong checkpoints;

  EmitterMetrics(Meters meters) {
    this.meters = meters;
    accepted = meters.counter("icecube_emitter_events_accepted_total");
    addRejected(Reason.REASON_EVENT_ID_DUPLICATE);
    for (EventDefect defect : EventDefect.values()) {
      addRejected(Reasons.of(defect));
    }
    append = meters.timer("icecube_emitter_append_seconds");
    busy = meters.counter("icecube_emitter_appends_busy_total");
    rewinds = meters.counter("icecube_emitter_rewinds_total");
    reread = meters.counter("icecube_emitter_entries_reread_total");
    failures = meters.counter("icecube_emitter_log_failures_total");
    backlog = gauge("icecube_emitter_backlog_entries");
    outboxEntries = gauge("icecube_emitter_outbox_entries");
    outboxBytes = gauge("icecube_emitter_outbox_bytes");
    checkpoints = gauge("icecube_emitter_checkpoints");
  }

  private void addRejected(Reason reason) {
    rejected.put(
        reason,
        meters.counter("icecube_emitter_events_rejected_total", "reason", Reasons.nameOf(reason)));
  }

  /** Of two emitters on the same registry the first shows its values. */
  private AtomicLong gauge(String name) {
    var value = new AtomicLong();
    meters.gauge(name, value, AtomicLong::get);
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

  /** A partition has answered an append after so long. */
  void answered(long nanos) {
    append.record(nanos, TimeUnit.NANOSECONDS);
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
