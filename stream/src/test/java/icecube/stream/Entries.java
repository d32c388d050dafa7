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

  static Completion completion(String consumer, long sequence, long... predicted) {
    return completion(consumer, sequence, predicted, new long[0]);
  }

  static Completion completion(
      String consumer, long sequence, long[] predicted, long[] deadLettered) {
    return new Completion(
        consumer,
        sequence,
        false,
        predictions(predicted),
        deadLetters(Reason.REASON_EVENT_EMPTY, deadLettered));
  }

  static Completion ownerOnly(Completion completion) {
    return new Completion(
        completion.consumer(),
        completion.sequence(),
        true,
        completion.predictions(),
        completion.deadLetters());
  }

  static Completion.Part predictions(long... eventIds) {
    if (eventIds.length == 0) {
      return Completion.Part.NONE;
    }
    var batch = PredictionBatch.newBuilder();
    for (long eventId : eventIds) {
      batch.addPredictions(Prediction.newBuilder().setEventId(eventId));
    }
    return new Completion.Part(
        batch.build().toByteArray(), eventIds.length, EventDigest.of(eventIds));
  }

  static Completion.Part deadLetters(Reason reason, long... eventIds) {
    if (eventIds.length == 0) {
      return Completion.Part.NONE;
    }
    var batch = DeadLetterBatch.newBuilder();
    for (long eventId : eventIds) {
      batch.addDeadLetters(DeadLetter.newBuilder().setEventId(eventId).setReason(reason));
    }
    return new Completion.Part(
        batch.build().toByteArray(), eventIds.length, EventDigest.of(eventIds));
  }
}
