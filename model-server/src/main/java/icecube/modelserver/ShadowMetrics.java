// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import io.micrometer.core.instrument.DistributionSummary;

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

  private final ModelMeters meters;

  ShadowMetrics(ModelMeters meters) {
    this.meters = meters;
  }

  /** Angles between the directions that the champion and this shadow say of one event. */
  DistributionSummary divergenceRad(String model, String version) {
    return meters.summary(
        "icecube_modelserver_divergence_rad", "model", model, "model_version", version);
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
}
