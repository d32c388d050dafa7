// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.physics.VonMisesFisher;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one model answered, event by event: the angular error, and where it tells its precision,
 * pull and predicted radius. 4 bytes an event and column, once to one and a half times. Confined to
 * one thread.
 */
final class ModelColumns {
  private static final double HALF = 0.5;

  private final FloatColumn errorsRad = new FloatColumn();
  private final @Nullable Told told;

  private ModelColumns(@Nullable Told told) {
    this.told = told;
  }

  /** For a model that may tell its precision. */
  static ModelColumns withPrecision() {
    return new ModelColumns(new Told());
  }

  /** For a fit, which gives a direction and no more. */
  static ModelColumns ofDirections() {
    return new ModelColumns(null);
  }

  /** Adds an answer without precision. */
  void add(Direction truth, double azimuthRad, double zenithRad) {
    errorsRad.add(
        AngularError.kaggleRad(truth.azimuthRad(), truth.zenithRad(), azimuthRad, zenithRad));
  }

  /** Adds the prediction in {@code row} of a table. */
  void add(EventTruth truth, PredictionTable table, int row) {
    Direction direction = truth.direction();
    add(direction, table.azimuthRad(row), table.zenithRad(row));
    if (told != null) {
      Direction answer = Direction.ofAngles(table.azimuthRad(row), table.zenithRad(row));
      told.add(truth.isTrack(), AngularError.betweenRad(direction, answer), table, row);
    }
  }

  FloatColumn errorsRad() {
    return errorsRad;
  }

  /** Null if the model never told any. */
  @Nullable Precision precision() {
    return told == null ? null : told.toPrecision();
  }

  /** What a model told of its precision. */
  private static final class Told {
    private final FloatColumn pulls = new FloatColumn();
    private final FloatColumn radiiRad = new FloatColumn();
    private final FloatColumn errorsRad = new FloatColumn();
    private final Coverage.Counter all = new Coverage.Counter();
    private final Coverage.Counter tracks = new Coverage.Counter();
    private final Coverage.Counter cascades = new Coverage.Counter();
    private boolean hasTopology;
    private long withoutKappa;
    private long withoutRadius50;
    private long withoutRadius90;

    void add(@Nullable Boolean isTrack, double errorRad, PredictionTable table, int row) {
      float kappa = table.kappa(row);
      float radius50Rad = table.radius50Rad(row);
      float radius90Rad = table.radius90Rad(row);
      withoutKappa += Float.isNaN(kappa) ? 1 : 0;
      withoutRadius50 += Float.isNaN(radius50Rad) ? 1 : 0;
      withoutRadius90 += Float.isNaN(radius90Rad) ? 1 : 0;
      double inside = Double.NaN;
      if (!Float.isNaN(kappa)) {
        inside = new VonMisesFisher(NORTH, kappa).probabilityWithin(errorRad);
        pulls.add(Pull.of(kappa, errorRad));
      }
      double predictedRad = predictedRad(radius50Rad, kappa);
      if (!Double.isNaN(predictedRad)) {
        radiiRad.add(predictedRad);
        errorsRad.add(errorRad);
      }
      all.add(errorRad, radius50Rad, radius90Rad, inside);
      if (isTrack != null) {
        hasTopology = true;
        (isTrack ? tracks : cascades).add(errorRad, radius50Rad, radius90Rad, inside);
      }
    }

    /** Any mean will do: containment depends on κ alone. */
    private static final Direction NORTH = new Direction(0, 0, 1);

    private static double predictedRad(float radius50Rad, float kappa) {
      if (!Float.isNaN(radius50Rad) || Float.isNaN(kappa)) {
        return radius50Rad;
      }
      return new VonMisesFisher(NORTH, kappa).containmentRad(HALF);
    }

    @Nullable Precision toPrecision() {
      List<Coverage> coverage = new ArrayList<>();
      coverage.add(all.toCoverage("all"));
      if (!coverage.get(0).isTold()) {
        return null;
      }
      if (hasTopology) {
        coverage.add(tracks.toCoverage("track"));
        coverage.add(cascades.toCoverage("cascade"));
      }
      float[] sorted = pulls.sortedNumbers();
      return new Precision(
          withoutKappa,
          withoutRadius50,
          withoutRadius90,
          coverage,
          sorted.length == 0 ? null : Pulls.ofSorted(sorted),
          CalibrationPoint.of(radiiRad, errorsRad));
    }
  }
}
