// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import icecube.stream.PartitionInspection.GroupInspection;
import icecube.stream.PartitionInspection.StreamInspection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The predictions or the dead letters of one partition in memory, with the groups that read them.
 * Confined to the lock of its {@link InMemoryPartition}.
 */
final class PublishedStream {
  private final TreeMap<Long, Written> entries = new TreeMap<>();
  private final Map<String, Group> groups = new TreeMap<>();

  /** Numbers entries; a roll-back does not touch it, as Redis takes ids from its clock. */
  private final AtomicLong numbers;

  private record Written(PublishedEntry entry, long atNanos) {}

  /** A group: the last entry it was given, and those it has not acknowledged. */
  private record Group(long lastDelivered, TreeSet<Long> pending) {
    Group {
      pending = new TreeSet<>(pending);
    }

    /** Up to here it has acknowledged all. */
    long acknowledged() {
      return pending.isEmpty() ? lastDelivered : pending.first() - 1;
    }
  }

  PublishedStream(AtomicLong numbers) {
    this.numbers = numbers;
  }

  /** A copy that shares only what never changes, and the numbers. */
  PublishedStream copy() {
    var copy = new PublishedStream(numbers);
    copy.entries.putAll(entries);
    groups.forEach(
        (name, group) -> copy.groups.put(name, new Group(group.lastDelivered, group.pending)));
    return copy;
  }

  void add(EntryId source, String consumer, OutcomePart part, long nowNanos) {
    long number = numbers.incrementAndGet();
    var entry =
        new PublishedEntry(
            number + "-0", source, consumer, part.payload(), part.eventCount(), part.digest());
    entries.put(number, new Written(entry, nowNanos));
  }

  int size() {
    return entries.size();
  }

  @Nullable PublishedEntry find(String id) {
    var written = entries.get(number(id));
    return written == null ? null : written.entry;
  }

  void remove(String id) {
    entries.remove(number(id));
  }

  private static long number(String id) {
    return EntryId.parse(id).sequence();
  }

  List<PublishedEntry> after(String afterId, int countMax) {
    Arguments.checkCountMax(countMax);
    long after = afterId.isEmpty() ? 0 : number(afterId);
    return entries.tailMap(after, false).values().stream()
        .limit(countMax)
        .map(Written::entry)
        .toList();
  }

  /** Gives a group its next entries, making it if it is new. */
  List<PublishedEntry> deliver(String name, int countMax) {
    var group = groups.getOrDefault(name, new Group(0, new TreeSet<>()));
    var given = after(group.lastDelivered + "-0", countMax);
    given.forEach(entry -> group.pending.add(number(entry.id())));
    long last = given.isEmpty() ? group.lastDelivered : number(given.get(given.size() - 1).id());
    groups.put(name, new Group(last, group.pending));
    return given;
  }

  void acknowledge(String name, String id) {
    var group = groups.get(name);
    if (group != null) {
      group.pending.remove(number(id));
    }
  }

  /** Removes the oldest entries that every group has acknowledged; returns them. */
  List<PublishedEntry> trim(int countMax) {
    long bound = groups.values().stream().mapToLong(Group::acknowledged).min().orElse(0);
    var acknowledged = entries.headMap(bound, true);
    var removed = new ArrayList<PublishedEntry>();
    while (removed.size() < countMax && !acknowledged.isEmpty()) {
      removed.add(acknowledged.pollFirstEntry().getValue().entry());
    }
    return removed;
  }

  StreamInspection inspect(long nowNanos) {
    var oldest = entries.firstEntry();
    return new StreamInspection(
        entries.size(),
        oldest == null
            ? Optional.empty()
            : Optional.of(Duration.ofNanos(nowNanos - oldest.getValue().atNanos())),
        groups.entrySet().stream().map(each -> inspect(each.getKey(), each.getValue())).toList());
  }

  /** Groups here have no consumers of their own. */
  private GroupInspection inspect(String name, Group group) {
    return new GroupInspection(
        name,
        group.lastDelivered + "-0",
        group.pending.size(),
        entries.tailMap(group.lastDelivered, false).size(),
        false,
        Optional.empty(),
        group.pending.isEmpty() ? 0 : 1,
        List.of());
  }
}
