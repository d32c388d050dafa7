// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import icecube.dataset.DatasetException;
import icecube.dataset.SubmissionReader;
import icecube.emitter.DatasetSource;
import icecube.emitter.EventCursor;
import icecube.emitter.SourceEvent;
import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.physics.EventDefect;
import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import icecube.physics.LineFit;
import icecube.proto.PredictionCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How good a submission is, and how good the two line fits are on the same events.
 *
 * @param events events with truth, a prediction and sound pulses
 * @param unpredicted events with truth that the submission lacks
 * @param meanAngularErrorRad Kaggle's score of the submission
 * @param medianAngularErrorRad half of the events are better
 * @param improvedLineFitRad Kaggle's score of the improved line fit
 * @param plainLineFitRad Kaggle's score of the plain line fit
 */
@JsonPropertyOrder({
  "events",
  "unpredicted",
  "meanAngularErrorRad",
  "medianAngularErrorRad",
  "improvedLineFitRad",
  "plainLineFitRad"
})
record Evaluation(
    long events,
    long unpredicted,
    double meanAngularErrorRad,
    double medianAngularErrorRad,
    double improvedLineFitRad,
    double plainLineFitRad) {
  /** Scores the submission against the folder's truth. */
  static Evaluation of(Path input, Path submission) {
    Map<Long, Direction> predicted = new HashMap<>();
    try (SubmissionReader reader = SubmissionReader.open(submission)) {
      for (var row = reader.next(); row != null; row = reader.next()) {
        predicted.put(row.eventId(), Direction.ofAngles(row.azimuthRad(), row.zenithRad()));
      }
    }
    DatasetSource source = DatasetSource.open(input, Optional.empty());
    FeatureBuilder features = new FeatureBuilder(source.geometry(), FeatureBuilder.ROW_COUNT_MAX);
    Scores scores = new Scores();
    try (EventCursor cursor = source.open()) {
      for (SourceEvent next = cursor.next(); next != null; next = cursor.next()) {
        Direction truth = next.truth();
        if (truth == null
            || EventDefect.find(next.event().pulses(), source.geometry()).isPresent()) {
          continue;
        }
        Direction answer = predicted.get(next.event().id());
        if (answer == null) {
          scores.unpredicted++;
        } else {
          scores.add(truth, answer, features.build(List.of(next.event())));
        }
      }
    }
    return scores.evaluation(input);
  }

  /** The sums behind an evaluation. */
  private static final class Scores {
    private final LineFit improved = LineFit.improved();
    private final LineFit plain = LineFit.plain();
    private final List<Double> errorsRad = new ArrayList<>();
    private double sumRad;
    private double improvedSumRad;
    private double plainSumRad;
    private long unpredicted;

    void add(Direction truth, Direction answer, FeatureTable features) {
      double errorRad = AngularError.kaggleRad(truth, answer);
      errorsRad.add(errorRad);
      sumRad += errorRad;
      improvedSumRad += errorRad(improved, truth, features);
      plainSumRad += errorRad(plain, truth, features);
    }

    /** Where a fit finds none, it answers as the model server does. */
    private static double errorRad(LineFit fit, Direction truth, FeatureTable features) {
      Direction answer = fit.fit(features, 0).orElse(PredictionCodec.NO_DIRECTION);
      return AngularError.kaggleRad(truth, answer);
    }

    Evaluation evaluation(Path input) {
      int count = errorsRad.size();
      if (count == 0) {
        throw DatasetException.input(
            input
                + ": no event with truth and prediction (expected: train_meta with azimuth and"
                + " zenith, and the event ids of the submission)",
            null);
      }
      Collections.sort(errorsRad);
      return new Evaluation(
          count,
          unpredicted,
          sumRad / count,
          errorsRad.get(count / 2),
          improvedSumRad / count,
          plainSumRad / count);
    }
  }

  String toTable() {
    return String.format(
        Locale.ROOT,
        "  events               %,d (%,d without a prediction)%n"
            + "  mean angular error   %.4f rad (median %.4f)%n"
            + "  improved line fit    %.4f rad%n"
            + "  plain line fit       %.4f rad%n",
        events,
        unpredicted,
        meanAngularErrorRad,
        medianAngularErrorRad,
        improvedLineFitRad,
        plainLineFitRad);
  }
}
