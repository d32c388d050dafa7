// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All that one partition in memory consists of, under the names of the keys on Redis. Confined to
 * the lock of its {@link InMemoryPartition}.
 */
final class PartitionState {
  /** As many idle entries are looked at per claim as on Redis. */
  private static final int IDLE_MAX = 100;

  final TreeMap<EntryId, Appended> events = new TreeMap<>();
  final TreeMap<EntryId, Pending> pending = new TreeMap<>();
  PublishedStream predictions;
  PublishedStream deadLetters;
  final Map<EntryId, Integer> solo = new HashMap<>();
  @Nullable String fingerprint;
  long epoch;
  EntryId lastId = EntryId.START;
  EntryId lastDelivered = EntryId.START;
  OptionalLong entryCount = OptionalLong.empty();
  Tally emitted = Tally.ZERO;
  Tally predicted = Tally.ZERO;
  Tally deadLettered = Tally.ZERO;
  Tally predictedTrimmed = Tally.ZERO;
  Tally deadLetteredTrimmed = Tally.ZERO;
  long redriven;

  /** An entry of events, and when it came. */
  record Appended(EventEntry entry, long atNanos) {}

  /** An entry in somebody's hands. */
  record Pending(String holder, int deliveries, long sinceNanos) {}

  /** An empty partition; ids of what it publishes come from {@code numbers}. */
  PartitionState(AtomicLong numbers) {
    this(new PublishedStream(numbers), new PublishedStream(numbers));
  }

  private PartitionState(PublishedStream predictions, PublishedStream deadLetters) {
    this.predictions = predictions;
    this.deadLetters = deadLetters;
  }

  /** A copy that shares only what never changes. */
  PartitionState copy() {
    var copy = new PartitionState(predictions.copy(), deadLetters.copy());
    copy.events.putAll(events);
    copy.pending.putAll(pending);
    copy.solo.putAll(solo);
    copy.fingerprint = fingerprint;
    copy.epoch = epoch;
    copy.lastId = lastId;
    copy.lastDelivered = lastDelivered;
    copy.entryCount = entryCount;
    copy.emitted = emitted;
    copy.predicted = predicted;
    copy.deadLettered = deadLettered;
    copy.predictedTrimmed = predictedTrimmed;
    copy.deadLetteredTrimmed = deadLetteredTrimmed;
    copy.redriven = redriven;
    return copy;
  }

  /** Appends what the producer brings, and publishes what it has refused at the door. */
  void append(long sequence, EventEntry entry, long nowNanos) {
    lastId = EntryId.of(sequence);
    events.put(lastId, new Appended(entry, nowNanos));
    emitted = emitted.plus(entry.emittedCount(), entry.emittedDigest());
    if (!entry.deadLetters().isEmpty()) {
      deadLetters.add(lastId, "", entry.deadLetters(), nowNanos);
      deadLettered =
          deadLettered.plus(entry.deadLetters().eventCount(), entry.deadLetters().digest());
    }
  }

  private void appendParts(List<EventEntry> entries, String traceparent, long atNanos) {
    for (var entry : entries) {
      lastId = new EntryId(lastId.sequence(), lastId.part() + 1);
      events.put(lastId, new Appended(entry.withTraceparent(traceparent), atNanos));
    }
  }

  /** Delivers the next entry nobody has had, if there is one. */
  @Nullable DeliveredEntry handNext(String consumer, long nowNanos) {
    var next = events.higherKey(lastDelivered);
    if (next == null) {
      return null;
    }
    lastDelivered = next;
    return hand(next, consumer, nowNanos);
  }

  /** Delivers an entry once more. */
  DeliveredEntry hand(EntryId id, String consumer, long nowNanos) {
    var before = pending.get(id);
    int deliveries = before == null ? 1 : before.deliveries() + 1;
    pending.put(id, new Pending(consumer, deliveries, nowNanos));
    var entry = requireNonNull(events.get(id), "an entry that is pending").entry();
    return new DeliveredEntry(
        id,
        entry.payload(),
        entry.eventCount(),
        entry.digest(),
        entry.encoding(),
        entry.traceparent());
  }

  /** Hands back an entry this consumer holds, as if it had never had it. */
  boolean release(EntryId id, String consumer, long nowNanos) {
    var before = pending.get(id);
    if (before == null || !before.holder().equals(consumer)) {
      return false;
    }
    int deliveries = Math.max(before.deliveries() - 1, 0);
    // Idle for longer than any lease; twice as much would overflow the difference.
    long longAgo = nowNanos - Long.MAX_VALUE / 2;
    pending.put(id, new Pending(StreamKeys.NOBODY, deliveries, longAgo));
    solo.computeIfPresent(id, (key, lone) -> Math.max(lone - 1, 0));
    return true;
  }

  /**
   * Whether a completion is about the very events that the entry has. The id of a part does not say
   * which those are: after a roll-back the same id may be given to others.
   */
  boolean isAbout(Completion completion) {
    var entry = requireNonNull(events.get(completion.id()), "an entry that is pending").entry();
    var told = Tally.ZERO;
    for (var part : List.of(completion.predictions(), completion.deadLetters())) {
      told = told.plus(part.eventCount(), part.digest());
    }
    for (var remainder : completion.remainders()) {
      told = told.plus(remainder.eventCount(), remainder.digest());
    }
    return told.equals(new Tally(entry.eventCount(), entry.digest()));
  }

  /** Publishes what became of a pending entry, and forgets the entry. */
  void publish(Completion completion, long nowNanos) {
    var id = completion.id();
    predicted = publish(completion, completion.predictions(), predictions, predicted, nowNanos);
    deadLettered =
        publish(completion, completion.deadLetters(), deadLetters, deadLettered, nowNanos);
    var entry = requireNonNull(events.get(id), "an entry that is pending");
    appendParts(completion.remainders(), entry.entry().traceparent(), entry.atNanos());
    pending.remove(id);
    events.remove(id);
    solo.remove(id);
  }

  private static Tally publish(
      Completion completion, OutcomePart part, PublishedStream stream, Tally tally, long nowNanos) {
    if (part.isEmpty()) {
      return tally;
    }
    stream.add(completion.id(), completion.consumer(), part, nowNanos);
    return tally.plus(part.eventCount(), part.digest());
  }

  /** Sends events of a dead letter round again; false if the letter is gone. */
  boolean redrive(String letterId, List<EventEntry> entries, OutcomePart kept, long nowNanos) {
    var letter = deadLetters.find(letterId);
    if (letter == null) {
      return false;
    }
    var again = Tally.ZERO;
    for (var entry : entries) {
      again = again.plus(entry.eventCount(), entry.digest());
    }
    var given = again.plus(kept.eventCount(), kept.digest());
    if (!given.equals(new Tally(letter.eventCount(), letter.digest()))) {
      throw Arguments.unequal(letterId, letter.eventCount(), given.events());
    }
    appendParts(entries, entries.get(0).traceparent(), nowNanos);
    if (!kept.isEmpty()) {
      deadLetters.add(letter.source(), letter.consumer(), kept, nowNanos);
    }
    deadLetters.remove(letterId);
    deadLettered = deadLettered.minus(again.events(), again.digest());
    redriven += again.events();
    return true;
  }

  int trim(int countMax) {
    var letters = deadLetters.trim(countMax);
    for (var letter : letters) {
      deadLetteredTrimmed = deadLetteredTrimmed.plus(letter.eventCount(), letter.digest());
    }
    var predicted = predictions.trim(countMax);
    for (var prediction : predicted) {
      predictedTrimmed = predictedTrimmed.plus(prediction.eventCount(), prediction.digest());
    }
    return letters.size() + predicted.size();
  }

  /** Sorts entries nobody has renewed into those to take as any other and those to take alone. */
  void sortIdle(
      ClaimSettings settings, long nowNanos, List<EntryId> ordinary, List<EntryId> suspects) {
    int looked = 0;
    for (var each : pending.entrySet()) {
      if (nowNanos - each.getValue().sinceNanos() < settings.lease().toNanos()
          || looked == IDLE_MAX) {
        continue;
      }
      looked++;
      int suspectAt = settings.suspectAt(each.getKey());
      if (each.getValue().deliveries() >= suspectAt) {
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
        lastId.sequence(),
        entryCount,
        events.size(),
        pending.size(),
        predictions.size(),
        deadLetters.size(),
        predictedTrimmed,
        deadLetteredTrimmed,
        redriven);
  }
}
