// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.v1.Prediction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

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

  private final MeterRegistry registry;

  ShadowMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Takes in the angle between two directions of one event. */
  void diverged(String model, String version, Prediction champion, Prediction shadow) {
    DistributionSummary.builder("icecube.modelserver.divergence")
        .baseUnit("rad")
        .description("Angle between the directions that champion and shadow say of one event")
        .serviceLevelObjectives(1e-6, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3.2)
        .tag("model", model)
        .tag("model_version", version)
        .register(registry)
        .record(AngularError.betweenRad(direction(champion), direction(shadow)));
  }

  /** Counts {@code events} of one outcome. */
  void count(String model, String version, Outcome outcome, int events) {
    Counter.builder("icecube.modelserver.shadow.events")
        .description("Events drawn for a shadow, by what became of the comparison")
        .tag("model", model)
        .tag("model_version", version)
        .tag("outcome", outcome.name())
        .register(registry)
        .increment(events);
  }

  private static Direction direction(Prediction prediction) {
    return new Direction(prediction.getX(), prediction.getY(), prediction.getZ());
  }
}
