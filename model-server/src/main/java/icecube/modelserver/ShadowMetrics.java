// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.Meters;
import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.v1.Prediction;

/**
 * How far what shadows say lies from what champions say.
 *
 * <p>Every event of a request drawn for a shadow, and answered by the champion, ends in exactly one
 * {@link Outcome}. Thread-safe.
 */
final class ShadowMetrics {
  /** What became of an event drawn for a shadow. */
  enum Outcome {
    /** Both said a direction: the angle between them was measured. */
    MEASURED,
    /** One said a direction and the other none. */
    ONE_SIDED,
    /** Neither said one. */
    NEITHER,
    /** The shadow was not asked, as too much waits, or failed. */
    SKIPPED
  }

  private final Meters meters;

  ShadowMetrics(Meters meters) {
    this.meters = meters;
  }

  /** Takes in the angle between two directions of one event. */
  void diverged(String model, String version, Prediction champion, Prediction shadow) {
    meters
        .summary("icecube_modelserver_divergence_rad", "model", model, "model_version", version)
        .record(AngularError.betweenRad(direction(champion), direction(shadow)));
  }

  /** Counts {@code events} of one outcome. */
  void count(String model, String version, Outcome outcome, int events) {
    meters
        .counter(
            "icecube_modelserver_shadow_events_total",
            "model",
            model,
            "model_version",
            version,
            "outcome",
            outcome.name())
        .increment(events);
  }

  private static Direction direction(Prediction prediction) {
    return new Direction(prediction.getX(), prediction.getY(), prediction.getZ());
  }
}
