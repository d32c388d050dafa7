// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventBatch;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
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
