// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.StartException;
import icecube.evaluation.RobustnessRun;
import icecube.physics.Direction;
import icecube.physics.FeatureTable;
import icecube.proto.PredictionCodec;
import icecube.v1.EventResult;
import icecube.v1.Prediction;
import icecube.v1.Quality;
import java.util.List;
import java.util.Optional;

/**
 * The directions that a model in this process says for rows as they are. A model that breaks on an
 * event, says what is no direction, or finds none, gives that event no answer; a model that cannot
 * answer any event of its first rows cannot be run. Confined to one thread.
 */
final class ModelAnswers implements RobustnessRun.Answers {
  private final String name;
  private final Model model;
  private boolean hasAnswered;

  /** What is asked. */
  @FunctionalInterface
  interface Model {
    List<EventResult> predict(FeatureTable table);
  }

  ModelAnswers(String name, Model model) {
    this.name = name;
    this.model = model;
  }

  /**
   * @throws StartException if the model gave the very first rows nothing but errors
   */
  @Override
  public List<Optional<Direction>> of(FeatureTable table) {
    List<EventResult> results = model.predict(table);
    hasAnswered |= results.stream().anyMatch(EventResult::hasPrediction);
    if (!hasAnswered && !results.isEmpty()) {
      throw new StartException(
          "--robustness: %s: %s (expected: a model that answers one event in %d)"
              .formatted(name, results.get(0).getError().getMessage(), results.size()),
          null);
    }
    return results.stream().map(ModelAnswers::directionOf).toList();
  }

  private static Optional<Direction> directionOf(EventResult result) {
    Prediction prediction = result.getPrediction();
    boolean isNone = prediction.getQualityList().contains(Quality.QUALITY_NO_DIRECTION);
    return result.hasPrediction() && !isNone
        ? Optional.of(PredictionCodec.direction(prediction))
        : Optional.empty();
  }
}
