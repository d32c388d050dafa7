// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.util.List;

/** What every implementation demands of its callers, so that they refuse the same things. */
final class Arguments {
  private Arguments() {}

  static int checkPartition(int partition, int partitionCount) {
    if (partition < 0 || partition >= partitionCount) {
      throw new IllegalArgumentException(
          "partition: %d (expected: 0..%d)".formatted(partition, partitionCount - 1));
    }
    return partition;
  }

  static void checkAppend(long firstSequence, List<EventEntry> entries, int backlogMax) {
    if (firstSequence < 1) {
      throw new IllegalArgumentException(
          "firstSequence: " + firstSequence + " (expected: at least 1)");
    }
    if (entries.isEmpty() || entries.size() > backlogMax) {
      throw new IllegalArgumentException(
          "entries: %d (expected: 1..%d, the backlog allowed)"
              .formatted(entries.size(), backlogMax));
    }
  }

  static void checkCountMax(int countMax) {
    if (countMax < 1) {
      throw new IllegalArgumentException("countMax: " + countMax + " (expected: at least 1)");
    }
  }

  static FingerprintMismatchException otherSource(
      int partition, String fingerprint, String stored) {
    return new FingerprintMismatchException(
        "source: %s (expected: %s, whose entries partition %d holds); name another stream"
            .formatted(fingerprint, stored, partition));
  }

  /** A producer says its source ends before what it has appended: a fault in its counting. */
  static EventLogException beyond(int partition, long entryCount, long lastSequence) {
    return new EventLogException(
        "entryCount of partition %d: %d (expected: at least %d, as many are there)"
            .formatted(partition, entryCount, lastSequence));
  }
}
