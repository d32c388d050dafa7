// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.physics.Event;
import icecube.proto.PredictionCodec;
import icecube.proto.ReasonException;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.stream.Completion;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventDigest;
import icecube.stream.OutcomePart;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * What every event of an entry becomes: a prediction or a dead letter.
 *
 * @param predictions in the order of the entry
 * @param predictedDigest digest of their event ids
 * @param deadLetters the others
 * @param deadDigest digest of theirs
 * @param emittedUnixUs when the entry was emitted; 0 if unknown
 */
record EntryVerdict(
    List<Prediction> predictions,
    EventDigest predictedDigest,
    List<DeadLetter> deadLetters,
    EventDigest deadDigest,
    long emittedUnixUs) {
  EntryVerdict {
    predictions = List.copyOf(predictions);
    deadLetters = List.copyOf(deadLetters);
  }

  /** The verdict on an entry of which nothing is to be predicted. */
  static EntryVerdict ofDead(PreparedEntry entry) {
    return new EntryVerdict(
        List.of(),
        EventDigest.ZERO,
        entry.deadLetters(),
        entry.deadDigest(),
        entry.emittedUnixUs());
  }

  /**
   * The verdict by a model server's answer.
   *
   * @throws ReasonException the server's reason, if one event failed for a reason that is not the
   *     event's
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
    var predicted = EventDigest.ZERO;
    var dead = entry.deadDigest();
    for (int index = 0; index < events.size(); index++) {
      EventResult result = response.getResults(index);
      long eventId = events.get(index).id();
      requireAbout(eventId, result);
      if (result.hasError()) {
        letters.add(refused(entry, index, result.getError()));
        dead = dead.plus(eventId);
        continue;
      }
      try {
        PredictionCodec.direction(result.getPrediction());
        predictions.add(result.getPrediction());
        predicted = predicted.plus(eventId);
      } catch (ReasonException e) {
        letters.add(entry.events().letter(index, e.reason(), e.getMessage()));
        dead = dead.plus(eventId);
      }
    }
    return new EntryVerdict(predictions, predicted, letters, dead, entry.emittedUnixUs());
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

  private static DeadLetter refused(PreparedEntry entry, int index, EventError error) {
    if (Reasons.kindOf(error.getReason()) != ReasonKind.CALLER_EVENT) {
      throw new ReasonException(error.getReason(), error.getMessage());
    }
    return entry.events().letter(index, error.getReason(), error.getMessage());
  }

  /** The one publication of all of it. */
  Completion completion(
      String consumer, DeliveredEntry entry, boolean isOwnerOnly, long publishedUnixUs) {
    var predicted =
        predictions.isEmpty()
            ? OutcomePart.NONE
            : new OutcomePart(
                PredictionBatch.newBuilder()
                    .addAllPredictions(predictions)
                    .setEmittedUnixUs(emittedUnixUs)
                    .setPublishedUnixUs(publishedUnixUs)
                    .build()
                    .toByteArray(),
                predictions.size(),
                predictedDigest);
    var dead =
        deadLetters.isEmpty()
            ? OutcomePart.NONE
            : new OutcomePart(
                DeadLetterBatch.newBuilder().addAllDeadLetters(deadLetters).build().toByteArray(),
                deadLetters.size(),
                deadDigest);
    return new Completion(consumer, entry.id(), isOwnerOnly, predicted, dead);
  }
}
