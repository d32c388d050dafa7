// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.Direction;
import icecube.physics.FeatureTable;
import icecube.physics.Quality;
import icecube.physics.VonMisesFisher;
import icecube.proto.PredictionCodec;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.Prediction;
import icecube.v1.Reason;

/** The judge of what a model said: a prediction if it is a direction, else the event's error. */
final class EventResults {
  /** How far the length of a model's vector may lie from 1: float32 and half precision. */
  static final double LENGTH_TOLERANCE = 1e-3;

  /** The half circle as float32 has it, a little more than it is. */
  private static final double RADIUS_RAD_MAX = (float) Math.PI;

  private EventResults() {}

  /** What became of event {@code event} of {@code table}. */
  static EventResult judge(FeatureTable table, int event, Answers answers, ModelCard model) {
    if (answers.isNoDirection(event)) {
      var prediction =
          PredictionCodec.encode(
                  table, event, Direction.NO_DIRECTION, model.name(), model.version())
              .addQuality(PredictionCodec.encode(Quality.NO_DIRECTION));
      return EventResult.newBuilder().setPrediction(prediction).build();
    }
    double x = answers.x(event);
    double y = answers.y(event);
    double z = answers.z(event);
    double length = Math.sqrt(x * x + y * y + z * z);
    if (!(Math.abs(length - 1) <= LENGTH_TOLERANCE)) {
      return invalid(
          table.eventId(event),
          "direction: (%s, %s, %s) from %s (expected: a unit vector)"
              .formatted(x, y, z, model.label()));
    }
    var direction = Direction.along(x, y, z);
    var prediction = PredictionCodec.encode(table, event, direction, model.name(), model.version());
    var said = answers.kappa(event);
    if (said.isPresent()) {
      double kappa = said.getAsDouble();
      if (!(kappa >= 0) || Double.isInfinite(kappa)) {
        return invalid(
            table.eventId(event),
            "kappa: %s from %s (expected: finite and >= 0)".formatted(kappa, model.label()));
      }
      prediction.setKappa(kappa);
      if (!answers.hasRadii(event)) {
        var distribution = new VonMisesFisher(direction, kappa);
        prediction
            .setRadius50Rad(distribution.containmentRad(0.5))
            .setRadius90Rad(distribution.containmentRad(0.9));
      }
    }
    addRadii(prediction, answers, event);
    return EventResult.newBuilder().setPrediction(prediction).build();
  }

  /** Adds what the model says its radii are; nothing if it says none, or what no radii are. */
  private static void addRadii(Prediction.Builder prediction, Answers answers, int event) {
    if (!answers.hasRadii(event)) {
      return;
    }
    double radius50Rad = answers.radius50Rad(event);
    double radius90Rad = answers.radius90Rad(event);
    boolean isOrdered = radius50Rad > 0 && radius50Rad <= radius90Rad;
    if (isOrdered && radius90Rad <= RADIUS_RAD_MAX) {
      prediction
          .setRadius50Rad(Math.min(radius50Rad, Math.PI))
          .setRadius90Rad(Math.min(radius90Rad, Math.PI));
    }
  }

  /** An event that gets no prediction. */
  static EventResult error(long eventId, Reason reason, String message) {
    return EventResult.newBuilder()
        .setError(EventError.newBuilder().setEventId(eventId).setReason(reason).setMessage(message))
        .build();
  }

  private static EventResult invalid(long eventId, String message) {
    return error(eventId, Reason.REASON_PREDICTION_INVALID, message);
  }
}
