// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import org.jspecify.annotations.Nullable;

/**
 * The end of an entry, as a place where the source can be read on from.
 *
 * @param entries entries of the source before it
 * @param eventsByPartition events in them, by partition
 * @param position where the source goes on; null for its start
 */
@SuppressWarnings("ArrayRecordComponent") // owned by the checkpoint, never written
record Checkpoint(long entries, long[] eventsByPartition, @Nullable SourcePosition position) {
  /** Before the first entry. */
  static Checkpoint start(int partitionCount) {
    return new Checkpoint(0, new long[partitionCount], null);
  }

  /** Entries of one partition before it; entry k is in partition k mod P. */
  long entriesOf(int partition) {
    int partitionCount = eventsByPartition.length;
    return (entries + partitionCount - 1 - partition) / partitionCount;
  }

  /** Events of one partition before it. */
  long eventsOf(int partition) {
    return eventsByPartition[partition];
  }

  /** Events of all partitions before it. */
  long events() {
    long events = 0;
    for (long ofPartition : eventsByPartition) {
      events += ofPartition;
    }
    return events;
  }

  /** Whether a log that holds so many entries of each partition lacks none before it. */
  boolean isHeldBy(long[] entriesHeld) {
    for (int partition = 0; partition < entriesHeld.length; partition++) {
      if (entriesOf(partition) > entriesHeld[partition]) {
        return false;
      }
    }
    return true;
  }
}
