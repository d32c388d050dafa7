// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.TimeAndChance;
import icecube.physics.Event;
import icecube.proto.PredictionCodec;
import icecube.proto.ReasonException;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.stream.Completion;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.OutcomePart;
import icecube.stream.PayloadEncoding;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every event of an entry becomes: a prediction, a dead letter, or neither yet, because the
 * server failed at it for a reason that is not the event's.
 *
 * @param predictions in the order of the entry
 * @param predictedDigest digest of their event ids
 * @param deadLetters those refused
 * @param deadDigest digest of theirs
 * @param open those of which nothing is known yet
 * @param failures what the server said of the open ones; as many
 * @param emittedUnixUs when the entry was emitted; 0 if unknown
 */
record EntryVerdict(
    List<Prediction> predictions,
    EventDigest predictedDigest,
    List<DeadLetter> deadLetters,
    EventDigest deadDigest,
    SoundEvents open,
    List<EventError> failures,
    long emittedUnixUs) {
  EntryVerdict {
    predictions = List.copyOf(predictions);
    deadLetters = List.copyOf(deadLetters);
    failures = List.copyOf(failures);
  }

  /** How old the entry is by now, µs; -1 if unknown. */
  long ageMicros(TimeAndChance time) {
    return emittedUnixUs == 0 ? -1 : Math.max(0, time.unixMicros() - emittedUnixUs);
  }

  /**
   * The verdict on an entry of which nothing is to be predicted now: its sound events stay open.
   */
  static EntryVerdict withoutAnswer(PreparedEntry entry) {
    return new EntryVerdict(
        List.of(),
        EventDigest.ZERO,
        entry.deadLetters(),
        entry.deadDigest(),
        entry.events(),
        List.of(),
        entry.emittedUnixUs());
  }

  /**
   * The verdict by a model server's answer.
   *
   * @throws LinkException if the answer does not fit the request: the server's fault
   */
  static EntryVerdict of(PreparedEntry entry, PredictResponse response) {
    List<Event> events = entry.events().events();
    if (response.getResultsCount() != events.size()) {
      throw new LinkException(
          "results: %d (expected: %d, one per event)"
              .formatted(response.getResultsCount(), events.size()),
          null);
    }
    List<Prediction> predictions = new ArrayList<>(events.size());
    List<DeadLetter> letters = new ArrayList<>(entry.deadLetters());
    List<Event> open = new ArrayList<>(0);
    List<EventError> failures = new ArrayList<>(0);
    var predicted = EventDigest.ZERO;
    var dead = entry.deadDigest();
    for (int index = 0; index < events.size(); index++) {
      EventResult result = response.getResults(index);
      long eventId = events.get(index).id();
      requireAbout(eventId, result);
      if (isFailure(result)) {
        open.add(events.get(index));
        failures.add(result.getError());
        continue;
      }
      var letter = letter(entry.events(), index, result);
      if (letter == null) {
        predictions.add(result.getPrediction());
        predicted = predicted.plus(eventId);
      } else {
        letters.add(letter);
        dead = dead.plus(eventId);
      }
    }
    return new EntryVerdict(
        predictions,
        predicted,
        letters,
        dead,
        new SoundEvents(open, entry.events().detector()),
        failures,
        entry.emittedUnixUs());
  }

  private static void requireAbout(long eventId, EventResult result) {
    long answered =
        switch (result.getResultCase()) {
          case PREDICTION -> result.getPrediction().getEventId();
          case ERROR -> result.getError().getEventId();
          case RESULT_NOT_SET ->
              throw new LinkException(
                  "result: none for event %d (expected: a prediction or an error)"
                      .formatted(eventId),
                  null);
        };
    if (answered != eventId) {
      throw new LinkException(
          "result: for event %d (expected: event %d)".formatted(answered, eventId), null);
    }
  }

  /** Whether the server failed at the event, for a reason that is not the event's. */
  private static boolean isFailure(EventResult result) {
    return result.hasError()
        && Reasons.kindOf(result.getError().getReason()) != ReasonKind.CALLER_EVENT;
  }

  private static @Nullable DeadLetter letter(SoundEvents events, int index, EventResult result) {
    if (result.hasError()) {
      EventError error = result.getError();
      return events.letter(index, error.getReason(), error.getMessage());
    }
    try {
      PredictionCodec.direction(result.getPrediction());
      return null;
    } catch (ReasonException e) {
      return events.letter(index, e.reason(), e.getMessage());
    }
  }

  /** Whether every event of the entry has found its end. */
  boolean isWhole() {
    return open.events().isEmpty();
  }

  /** Whether any event of the entry has. */
  boolean hasAny() {
    return !predictions.isEmpty() || !deadLetters.isEmpty();
  }

  /**
   * The one publication of all of it. Open events go round again, each as an entry of its own.
   *
   * @param entry the entry; the new ones are packed as it is, if that shrinks them
   * @param traceparent of the span that publishes; empty if the entry is not traced
   */
  Completion completion(
      String consumer,
      DeliveredEntry entry,
      boolean isOwnerOnly,
      long publishedUnixUs,
      String traceparent) {
    var predicted =
        predictions.isEmpty()
            ? OutcomePart.NONE
            : new OutcomePart(
                PredictionBatch.newBuilder()
                    .addAllPredictions(predictions)
                    .setEmittedUnixUs(emittedUnixUs)
                    .setPublishedUnixUs(publishedUnixUs)
                    .setTraceparent(traceparent)
                    .build()
                    .toByteArray(),
                predictions.size(),
                predictedDigest);
    var dead =
        deadLetters.isEmpty()
            ? OutcomePart.NONE
            : new OutcomePart(
                DeadLetterBatch.newBuilder()
                    .addAllDeadLetters(deadLetters)
                    .setTraceparent(traceparent)
                    .build()
                    .toByteArray(),
                deadLetters.size(),
                deadDigest);
    return new Completion(consumer, entry.id(), isOwnerOnly, predicted, dead, remainders(entry));
  }

  private List<EventEntry> remainders(DeliveredEntry entry) {
    List<EventEntry> remainders = new ArrayList<>(open.events().size());
    for (int index = 0; index < open.events().size(); index++) {
      byte[] payload = open.alone(index, emittedUnixUs);
      byte[] packed = packed(payload, entry.encoding());
      boolean isPlain = packed.length >= payload.length;
      remainders.add(
          new EventEntry(
              isPlain ? payload : packed,
              1,
              EventDigest.of(open.events().get(index).id()),
              isPlain ? PayloadEncoding.PLAIN : entry.encoding(),
              OutcomePart.NONE));
    }
    return remainders;
  }

  private static byte[] packed(byte[] payload, PayloadEncoding encoding) {
    return payload.length > PayloadEncoding.UNPACKED_SIZE_MAX ? payload : encoding.pack(payload);
  }
}
