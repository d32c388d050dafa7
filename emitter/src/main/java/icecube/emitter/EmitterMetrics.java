// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the emitter counts.
 *
 * <p>{@code accepted + rejected} is the number of events this emitter brought into the log; entries
 * that an earlier one brought are not counted, entries sent again after a loss are counted again.
 * Thread-safe.
 */
final class EmitterMetrics {
  private final Counter accepted;
  private final Counter rejected;
  private final Counter busy;
  private final Counter rewinds;
  private final Counter failures;
  private final AtomicLong backlog = new AtomicLong();

  EmitterMetrics(MeterRegistry meters) {
    accepted = meters.counter("icecube.emitter.events.accepted");
    rejected = meters.counter("icecube.emitter.events.rejected", "reason", "EVENT_ID_DUPLICATE");
    busy = meters.counter("icecube.emitter.appends.busy");
    rewinds = meters.counter("icecube.emitter.rewinds");
    failures = meters.counter("icecube.emitter.log.failures");
    String backlogName = "icecube.emitter.backlog.entries";
    if (meters.find(backlogName).gauge() == null) {
      meters.gauge(backlogName, backlog);
    }
  }

  void appended(CutEntry entry) {
    rejected.increment(entry.duplicates().size());
    accepted.increment(entry.eventCount() - entry.duplicates().size());
  }

  void busy() {
    busy.increment();
  }

  void rewound() {
    rewinds.increment();
  }

  void failed() {
    failures.increment();
  }

  void backlog(long entries) {
    backlog.set(entries);
  }
}
