// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.TimeAndChance;
import icecube.otel.Traces;
import icecube.stream.Claim;
import icecube.stream.DeliveredEntry;

/**
 * Begins the traces of entries on their way through one consumer. Thread-safe.
 *
 * @param consumer its name, which stands on their spans
 */
record EntryTraces(Traces traces, String consumer, TimeAndChance time) {
  /** The trace that an entry goes on with. */
  EntryTrace of(int partition, DeliveredEntry entry, Claim.Kind kind) {
    return EntryTrace.of(traces, partition, entry, kind, consumer);
  }

  /** The trace of an entry that was not drawn, and fails; it was read at {@code readNanos}. */
  EntryTrace late(int partition, DeliveredEntry entry, Claim.Kind kind, long readNanos) {
    return traces.isOn()
        ? EntryTrace.late(traces, partition, entry, kind, consumer, time.nanoTime() - readNanos)
        : EntryTrace.NONE;
  }

  /** Now, or 0 if nobody will ask how long ago it was. */
  long nanosIfOn() {
    return traces.isOn() ? time.nanoTime() : 0;
  }
}
