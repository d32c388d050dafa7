// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import icecube.physics.Direction;
import icecube.physics.FeatureTable;
import icecube.v1.Prediction;
import icecube.v1.Quality;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Directions as a {@link Prediction} and back.
 *
 * <p>Stateless and thread-safe.
 */
public final class PredictionCodec {
  private static final double ANGLE_TOLERANCE_RAD = 1e-5;

  private PredictionCodec() {}

  /**
   * A prediction for event {@code event} of {@code table} that still lacks kappa and its radii:
   * direction, pulse counts, model and the quality flags known before the model ran.
   */
  public static Prediction.Builder encode(
      FeatureTable table, int event, Direction direction, String modelName, String modelVersion) {
    return directed(direction)
        .setEventId(table.eventId(event))
        .setPulsesSeen(table.pulsesSeen(event))
        .setPulsesUsed(table.rowCount(event))
        .setModelName(modelName)
        .setModelVersion(modelVersion)
        .addAllQuality(qualities(table.qualityBits(event)));
  }

  /** A prediction that holds nothing but {@code direction}, as angles and as a vector. */
  public static Prediction.Builder directed(Direction direction) {
    return Prediction.newBuilder()
        .setAzimuthRad(direction.azimuthRad())
        .setZenithRad(direction.zenithRad())
        .setX(direction.x())
        .setY(direction.y())
        .setZ(direction.z());
  }

  /**
   * The direction in {@code prediction}.
   *
   * @throws ReasonException {@code PREDICTION_INVALID} if the vector has not length 1, or an angle
   *     is out of range or contradicts the vector
   */
  public static Direction direction(Prediction prediction) {
    double azimuthRad = prediction.getAzimuthRad();
    double zenithRad = prediction.getZenithRad();
    boolean inRange =
        azimuthRad >= 0 && azimuthRad < 2 * Math.PI && zenithRad >= 0 && zenithRad <= Math.PI;
    if (!inRange) {
      throw invalid(prediction, "azimuth in [0, 2 pi) and zenith in [0, pi]");
    }
    Direction direction;
    try {
      direction = new Direction(prediction.getX(), prediction.getY(), prediction.getZ());
    } catch (IllegalArgumentException e) {
      throw invalid(prediction, "a unit vector");
    }
    var angles = Direction.ofAngles(azimuthRad, zenithRad);
    double apart =
        Math.hypot(
            Math.hypot(direction.x() - angles.x(), direction.y() - angles.y()),
            direction.z() - angles.z());
    if (apart > ANGLE_TOLERANCE_RAD) {
      throw invalid(prediction, "angles and vector of the same direction");
    }
    return direction;
  }

  /** The flags set in {@code bits}, in the order of their numbers. */
  public static List<Quality> qualities(int bits) {
    var qualities = new ArrayList<Quality>();
    for (icecube.physics.Quality quality : icecube.physics.Quality.values()) {
      if (quality.isIn(bits)) {
        qualities.add(encode(quality));
      }
    }
    return qualities;
  }

  /** The wire's name of {@code quality}. */
  public static Quality encode(icecube.physics.Quality quality) {
    return switch (quality) {
      case NO_DIRECTION -> Quality.QUALITY_NO_DIRECTION;
      case TRUNCATED -> Quality.QUALITY_TRUNCATED;
      case SINGLE_STRING -> Quality.QUALITY_SINGLE_STRING;
      case DEGRADED -> Quality.QUALITY_DEGRADED;
    };
  }

  /** The flags of {@code prediction} as bits; those that this build does not know are left out. */
  public static int qualityBits(Prediction prediction) {
    int bits = 0;
    for (icecube.physics.Quality quality : icecube.physics.Quality.values()) {
      if (prediction.getQualityList().contains(encode(quality))) {
        bits |= quality.bit();
      }
    }
    return bits;
  }

  private static ReasonException invalid(Prediction prediction, String expected) {
    return new ReasonException(
        Reason.REASON_PREDICTION_INVALID,
        "prediction: azimuth %s rad, zenith %s rad, (%s, %s, %s) of event %d (expected: %s)"
            .formatted(
                prediction.getAzimuthRad(),
                prediction.getZenithRad(),
                prediction.getX(),
                prediction.getY(),
                prediction.getZ(),
                prediction.getEventId(),
                expected));
  }
}
