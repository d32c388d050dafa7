// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;

/**
 * A prediction as it is written to files.
 *
 * @param eventId the event
 * @param azimuthRad [0, 2π)
 * @param zenithRad [0, π]
 * @param kappa concentration, if the model knows it
 * @param radius50Rad angle that holds the truth in half of the cases, if known
 * @param radius90Rad the same in 90 % of the cases
 * @param pulsesSeen pulses of the event
 * @param pulsesUsed pulses the model was given
 * @param modelName who answered
 * @param modelVersion which version of it
 * @param quality flags, by name, separated by {@code |}; empty if none
 */
public record PredictionRow(
    long eventId,
    double azimuthRad,
    double zenithRad,
    OptionalDouble kappa,
    OptionalDouble radius50Rad,
    OptionalDouble radius90Rad,
    int pulsesSeen,
    int pulsesUsed,
    String modelName,
    String modelVersion,
    String quality) {
  public PredictionRow {
    requireNonNull(kappa, "kappa");
    requireNonNull(radius50Rad, "radius50Rad");
    requireNonNull(radius90Rad, "radius90Rad");
    requireNonNull(modelName, "modelName");
    requireNonNull(modelVersion, "modelVersion");
    requireNonNull(quality, "quality");
    if (!Double.isFinite(azimuthRad) || !Double.isFinite(zenithRad)) {
      throw new IllegalArgumentException(
          "direction of event %d: azimuth %s, zenith %s (expected: finite rad)"
              .formatted(eventId, azimuthRad, zenithRad));
    }
  }
}
