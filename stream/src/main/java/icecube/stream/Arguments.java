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

  /** Entries that are made inside the log come from entries that have passed the door. */
  static void checkInside(String name, List<EventEntry> entries) {
    for (var entry : entries) {
      if (entry.eventCount() < 1 || !entry.deadLetters().isEmpty()) {
        throw new IllegalArgumentException(
            "%s: an entry of %d events and %d dead letters (expected: at least 1, and none)"
                .formatted(name, entry.eventCount(), entry.deadLetters().eventCount()));
      }
    }
  }

  /** Remainders go on in the trace of the entry they come from. */
  static void checkRemainders(List<EventEntry> entries) {
    checkInside("remainders", entries);
    for (var entry : entries) {
      if (!entry.traceparent().isEmpty()) {
        throw new IllegalArgumentException(
            "remainders: traceparent %s (expected: none, the log gives them that of their entry)"
                .formatted(entry.traceparent()));
      }
    }
  }

  static void checkRedrive(List<EventEntry> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("entries: none (expected: what is to go round again)");
    }
    checkInside("entries", entries);
    if (entries.stream().map(EventEntry::traceparent).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "entries: of several traces (expected: one, they come of one dead letter)");
    }
  }

  /** Sending round again must neither make nor lose an event. */
  static IllegalArgumentException unequal(String deadLetterId, long held, long given) {
    return new IllegalArgumentException(
        "dead letter %s: %d events to send round again and to keep (expected: the same %d that it has)"
            .formatted(deadLetterId, given, held));
  }

  static long leaseMillis(java.time.Duration lease) {
    if (lease.toMillis() < 1) {
      throw new IllegalArgumentException("lease: " + lease + " (expected: at least 1 ms)");
    }
    return lease.toMillis();
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
