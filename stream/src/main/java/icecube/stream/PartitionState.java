// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that one partition in memory consists of, under the names of the keys on Redis. Confined to
 * the lock of its {@link InMemoryPartition}.
 */
final class PartitionState {
  /** As many idle entries are looked at per claim as on Redis. */
  private static final int IDLE_MAX = 100;

  final TreeMap<Long, EventEntry> events = new TreeMap<>();
  final TreeMap<Long, Pending> pending = new TreeMap<>();
  final List<PublishedEntry> predictions = new ArrayList<>();
  final List<PublishedEntry> deadLetters = new ArrayList<>();
  final Map<Long, Integer> solo = new HashMap<>();
  @Nullable String fingerprint;
  long epoch;
  long lastSequence;
  long lastDelivered;
  OptionalLong entryCount = OptionalLong.empty();
  Tally emitted = Tally.ZERO;
  Tally predicted = Tally.ZERO;
  Tally deadLettered = Tally.ZERO;

  /** An entry in somebody's hands. */
  record Pending(String holder, int deliveries, long sinceNanos) {}

  /** Events counted. */
  record Tally(long events, EventDigest digest) {
    static final Tally ZERO = new Tally(0, EventDigest.ZERO);

    Tally plus(long moreEvents, EventDigest moreDigest) {
      return new Tally(events + moreEvents, digest.plus(moreDigest));
    }
  }

  /** A copy that shares only what never changes. */
  PartitionState copy() {
    var copy = new PartitionState();
    copy.events.putAll(events);
    copy.pending.putAll(pending);
    copy.predictions.addAll(predictions);
    copy.deadLetters.addAll(deadLetters);
    copy.solo.putAll(solo);
    copy.fingerprint = fingerprint;
    copy.epoch = epoch;
    copy.lastSequence = lastSequence;
    copy.lastDelivered = lastDelivered;
    copy.entryCount = entryCount;
    copy.emitted = emitted;
    copy.predicted = predicted;
    copy.deadLettered = deadLettered;
    return copy;
  }

  /** Delivers an entry once more. */
  DeliveredEntry hand(long sequence, String consumer, long nowNanos) {
    var before = pending.get(sequence);
    int deliveries = before == null ? 1 : before.deliveries() + 1;
    pending.put(sequence, new Pending(consumer, deliveries, nowNanos));
    var entry = requireNonNull(events.get(sequence), "an entry that is pending");
    return new DeliveredEntry(sequence, entry.payload(), entry.eventCount(), entry.digest());
  }

  /** Hands back an entry this consumer holds, as if it had never had it. */
  boolean release(long sequence, String consumer, long nowNanos) {
    var before = pending.get(sequence);
    if (before == null || !before.holder().equals(consumer)) {
      return false;
    }
    int deliveries = Math.max(before.deliveries() - 1, 0);
    // Idle for longer than any lease; twice as much would overflow the difference.
    long longAgo = nowNanos - Long.MAX_VALUE / 2;
    pending.put(sequence, new Pending(StreamKeys.NOBODY, deliveries, longAgo));
    solo.computeIfPresent(sequence, (key, lone) -> Math.max(lone - 1, 0));
    return true;
  }

  /** Publishes what became of a pending entry, and forgets the entry. */
  void publish(Completion completion) {
    predicted = publish(completion, completion.predictions(), predictions, predicted);
    deadLettered = publish(completion, completion.deadLetters(), deadLetters, deadLettered);
    pending.remove(completion.sequence());
    events.remove(completion.sequence());
    solo.remove(completion.sequence());
  }

  private static Tally publish(
      Completion completion, Completion.Part part, List<PublishedEntry> stream, Tally tally) {
    if (part.eventCount() == 0) {
      return tally;
    }
    stream.add(
        new PublishedEntry(
            (stream.size() + 1) + "-0",
            completion.sequence(),
            completion.consumer(),
            part.payload(),
            part.eventCount()));
    return tally.plus(part.eventCount(), part.digest());
  }

  /** Sorts entries nobody has renewed into those to take as any other and those to take alone. */
  void sortIdle(ClaimSettings settings, long nowNanos, List<Long> ordinary, List<Long> suspects) {
    int looked = 0;
    for (var each : pending.entrySet()) {
      if (nowNanos - each.getValue().sinceNanos() < settings.lease().toNanos()
          || looked == IDLE_MAX) {
        continue;
      }
      looked++;
      if (each.getValue().deliveries() >= settings.suspectAt()) {
        suspects.add(each.getKey());
      } else if (ordinary.size() < settings.countMax()) {
        ordinary.add(each.getKey());
      }
    }
  }

  PartitionAccount account() {
    return new PartitionAccount(
        emitted.events(),
        predicted.events(),
        deadLettered.events(),
        emitted.digest(),
        predicted.digest(),
        deadLettered.digest(),
        lastSequence,
        entryCount,
        events.size(),
        pending.size(),
        predictions.size(),
        deadLetters.size());
  }

  /** Ids count from 1 without a gap, so an id is also a position. */
  static List<PublishedEntry> after(List<PublishedEntry> stream, String afterId, int countMax) {
    Arguments.checkCountMax(countMax);
    int from = afterId.isEmpty() ? 0 : Integer.parseInt(afterId.substring(0, afterId.indexOf('-')));
    int first = Math.min(from, stream.size());
    return List.copyOf(stream.subList(first, Math.min(first + countMax, stream.size())));
  }
}
