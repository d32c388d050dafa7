// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.PredictionRow;
import icecube.v1.Prediction;
import icecube.v1.Quality;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Predictions from the stream as rows of a file. */
final class PredictionRows {
  private static final String QUALITY_PREFIX = "QUALITY_";

  private PredictionRows() {}

  static PredictionRow of(Prediction prediction) {
    return new PredictionRow(
        prediction.getEventId(),
        prediction.getAzimuthRad(),
        prediction.getZenithRad(),
        prediction.hasKappa() ? OptionalDouble.of(prediction.getKappa()) : OptionalDouble.empty(),
        prediction.hasRadius50Rad()
            ? OptionalDouble.of(prediction.getRadius50Rad())
            : OptionalDouble.empty(),
        prediction.hasRadius90Rad()
            ? OptionalDouble.of(prediction.getRadius90Rad())
            : OptionalDouble.empty(),
        prediction.getPulsesSeen(),
        prediction.getPulsesUsed(),
        prediction.getModelName(),
        prediction.getModelVersion(),
        prediction.getQualityList().stream()
            .map(PredictionRows::nameOf)
            .collect(Collectors.joining("|")));
  }

  /** TRUNCATED for QUALITY_TRUNCATED. */
  private static String nameOf(Quality quality) {
    return quality.name().substring(QUALITY_PREFIX.length());
  }
}
