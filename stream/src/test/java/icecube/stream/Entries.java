// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventBatch;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;

/** Entries and completions to try a log with. */
final class Entries {
  private Entries() {}

  /** An entry with these events, which have no pulses. */
  static EventEntry entry(long... eventIds) {
    var batch = EventBatch.newBuilder();
    for (long eventId : eventIds) {
      batch.addEventId(eventId).addPulseCount(0);
    }
    return new EventEntry(batch.build().toByteArray(), eventIds.length, EventDigest.of(eventIds));
  }

  /** Entries of one event each, whose id is the sequence. */
  static List<EventEntry> entries(long firstSequence, int count) {
    var entries = new ArrayList<EventEntry>();
    for (long sequence = firstSequence; sequence < firstSequence + count; sequence++) {
      entries.add(entry(sequence));
    }
    return entries;
  }

  /** Ids of entries a producer appended. */
  static List<EntryId> ids(long... sequences) {
    return LongStream.of(sequences).mapToObj(EntryId::of).toList();
  }

  static Completion completion(String consumer, long sequence, long... predicted) {
    return completion(consumer, EntryId.of(sequence), predicted);
  }

  static Completion completion(String consumer, EntryId id, long... predicted) {
    return completion(consumer, id, predicted, new long[0]);
  }

  static Completion completion(
      String consumer, long sequence, long[] predicted, long[] deadLettered) {
    return completion(consumer, EntryId.of(sequence), predicted, deadLettered);
  }

  static Completion completion(String consumer, EntryId id, long[] predicted, long[] deadLettered) {
    return new Completion(
        consumer,
        id,
        false,
        predictions(predicted),
        deadLetters(Reason.REASON_EVENT_EMPTY, deadLettered));
  }

  static Completion ownerOnly(Completion completion) {
    return new Completion(
        completion.consumer(),
        completion.id(),
        true,
        completion.predictions(),
        completion.deadLetters(),
        completion.remainders());
  }

  static EventEntry entryOf(List<Long> eventIds) {
    return entry(longs(eventIds));
  }

  /** An entry of which these events were refused at the door; none need be left. */
  static EventEntry entryOf(List<Long> eventIds, OutcomePart refused) {
    var batch = EventBatch.newBuilder();
    eventIds.forEach(id -> batch.addEventId(id).addPulseCount(0));
    return new EventEntry(
        batch.build().toByteArray(),
        eventIds.size(),
        digest(eventIds),
        PayloadEncoding.PLAIN,
        refused);
  }

  static Completion completionOf(
      String consumer,
      EntryId id,
      List<Long> predicted,
      List<Long> deadLettered,
      List<List<Long>> again) {
    return new Completion(
        consumer,
        id,
        false,
        predictions(longs(predicted)),
        letters(Reason.REASON_EVENT_EMPTY, deadLettered),
        again.stream().map(Entries::entryOf).toList());
  }

  static OutcomePart letters(Reason reason, List<Long> eventIds) {
    return deadLetters(reason, longs(eventIds));
  }

  /** Ids of the events in a dead letter. */
  static List<Long> idsOf(PublishedEntry letter) {
    try {
      return DeadLetterBatch.parseFrom(letter.payload()).getDeadLettersList().stream()
          .map(DeadLetter::getEventId)
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Ids of the events in an entry. */
  static List<Long> idsOf(DeliveredEntry entry) {
    try {
      return EventBatch.parseFrom(entry.unpacked()).getEventIdList();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static EventDigest digest(Collection<Long> eventIds) {
    return EventDigest.of(longs(eventIds));
  }

  private static long[] longs(Collection<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** Whether an id comes not after another; nothing comes before the empty one. */
  static boolean isUpTo(String id, String last) {
    return !last.isEmpty() && EntryId.parse(id).compareTo(EntryId.parse(last)) <= 0;
  }

  static OutcomePart predictions(long... eventIds) {
    if (eventIds.length == 0) {
      return OutcomePart.NONE;
    }
    var batch = PredictionBatch.newBuilder();
    for (long eventId : eventIds) {
      batch.addPredictions(Prediction.newBuilder().setEventId(eventId));
    }
    return new OutcomePart(batch.build().toByteArray(), eventIds.length, EventDigest.of(eventIds));
  }

  static OutcomePart deadLetters(Reason reason, long... eventIds) {
    if (eventIds.length == 0) {
      return OutcomePart.NONE;
    }
    var batch = DeadLetterBatch.newBuilder();
    for (long eventId : eventIds) {
      batch.addDeadLetters(DeadLetter.newBuilder().setEventId(eventId).setReason(reason));
    }
    return new OutcomePart(batch.build().toByteArray(), eventIds.length, EventDigest.of(eventIds));
  }
}
