// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one partition must hold in a {@link RandomHistory}, known without looking at the log. */
final class HistoryModel {
  /** Entries not yet published, with their events. */
  final TreeMap<EntryId, List<Long>> backlog = new TreeMap<>();

  /** Who holds those that were delivered. */
  final TreeMap<EntryId, String> holders = new TreeMap<>();

  final Set<Long> predicted = new HashSet<>();
  final Set<Long> dead = new HashSet<>();

  /** Of each sink: predictions given and acknowledged, by their ids, and the last given. */
  final Map<String, TreeSet<String>> acknowledged = new TreeMap<>();

  final Map<String, String> lastGiven = new TreeMap<>();
  EntryId last = EntryId.START;
  EntryId lastDelivered = EntryId.START;
  long redriven;

  HistoryModel copy() {
    var copy = new HistoryModel();
    copy.backlog.putAll(backlog);
    copy.holders.putAll(holders);
    copy.predicted.addAll(predicted);
    copy.dead.addAll(dead);
    acknowledged.forEach((sink, ids) -> copy.acknowledged.put(sink, new TreeSet<>(ids)));
    copy.lastGiven.putAll(lastGiven);
    copy.last = last;
    copy.lastDelivered = lastDelivered;
    copy.redriven = redriven;
    return copy;
  }

  void appended(long sequence) {
    last = EntryId.of(sequence);
    backlog.put(last, soundIds(sequence));
    dead.addAll(refusedIds(sequence));
  }

  void roundAgain(List<Long> eventIds) {
    last = new EntryId(last.sequence(), last.part() + 1);
    backlog.put(last, eventIds);
  }

  /** The entries a reader gets next. */
  List<EntryId> next(int countMax) {
    return backlog.tailMap(lastDelivered, false).keySet().stream().limit(countMax).toList();
  }

  void delivered(EntryId id, String consumer) {
    lastDelivered = id;
    holders.put(id, consumer);
  }

  void published(EntryId id) {
    backlog.remove(id);
    holders.remove(id);
  }

  long inFlight() {
    return backlog.values().stream().mapToLong(List::size).sum();
  }

  /** The source: entry {@code sequence} has 1 to 3 events, always the same. */
  private static List<Long> eventIds(long sequence) {
    var ids = new ArrayList<Long>();
    for (int i = 0; i <= sequence % 3; i++) {
      ids.add(10 * sequence + i);
    }
    return ids;
  }

  /** Of every fourth entry the last event is refused at the door, of every ninth all. */
  private static int soundCount(long sequence) {
    int count = eventIds(sequence).size();
    return sequence % 9 == 0 ? 0 : count - (sequence % 4 == 0 && count > 1 ? 1 : 0);
  }

  static List<Long> soundIds(long sequence) {
    return eventIds(sequence).subList(0, soundCount(sequence));
  }

  static List<Long> refusedIds(long sequence) {
    var ids = eventIds(sequence);
    return ids.subList(soundCount(sequence), ids.size());
  }
}
