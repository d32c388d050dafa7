// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.dataset.PredictionRow;
import icecube.physics.IceCube86;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An honest model is found honest, a boaster and a doubter are found out. */
final class PrecisionTest {
  private static final int EVENTS = 20_000;

  /** 63 shares are looked at, of which one in 15,787 lies beyond four errors by chance. */
  private static final double SIGMAS = 4;

  @TempDir private Path folder;

  private static Precision precision(Evaluation evaluation) {
    return requireNonNull(evaluation.models().get(0).precision());
  }

  @Test
  void whoScattersAsTheySayIsCoveredAtEveryLevelAndForEveryTopology() {
    Precision precision = precision(Cases.scattered(folder, EVENTS, 1));
    assertThat(precision.coverage())
        .extracting(Coverage::topology)
        .containsExactly("all", "track", "cascade");
    for (Coverage coverage : precision.coverage()) {
      assertThat(coverage.radius50().isWithin(SIGMAS)).as(Seeds.hint() + coverage).isTrue();
      assertThat(coverage.radius90().isWithin(SIGMAS)).as(Seeds.hint() + coverage).isTrue();
      assertThat(coverage.fromKappa()).hasSize(19);
      for (Share share : coverage.fromKappa()) {
        assertThat(share.isWithin(SIGMAS)).as(Seeds.hint() + share).isTrue();
      }
    }
  }

  @Test
  void pullsOfAnHonestModelFollowRayleighForEveryKappa() {
    Pulls pulls = requireNonNull(precision(Cases.scattered(folder, EVENTS, 1)).pulls());
    assertThat(pulls.count()).isEqualTo(EVENTS);
    assertThat(pulls.median()).as(Seeds.hint()).isCloseTo(1.1774, within(0.03));
    assertThat(pulls.quantile68()).as(Seeds.hint()).isCloseTo(1.5096, within(0.03));
    assertThat(pulls.quantile90()).as(Seeds.hint()).isCloseTo(2.1460, within(0.04));
    assertThat(pulls.histogram().stream().mapToLong(Long::longValue).sum()).isEqualTo(EVENTS);
  }

  @Test
  void whoBoastsOfTwiceTheConcentrationIsFoundOut() {
    Precision precision = precision(Cases.scattered(folder, EVENTS, 2));
    Coverage all = precision.coverage().get(0);
    assertThat(all.radius50().isWithin(SIGMAS)).isFalse();
    assertThat(all.radius50().share()).isLessThan(0.4);
    assertThat(all.fromKappa()).noneMatch(share -> share.isWithin(SIGMAS));
    assertThat(requireNonNull(precision.pulls()).median()).isGreaterThan(1.4);
  }

  @Test
  void whoDoubtsHalfTheConcentrationIsFoundOut() {
    Precision precision = precision(Cases.scattered(folder, EVENTS, 0.5));
    Coverage all = precision.coverage().get(0);
    assertThat(all.radius90().isWithin(SIGMAS)).isFalse();
    assertThat(all.radius90().share()).isGreaterThan(0.93);
    assertThat(requireNonNull(precision.pulls()).median()).isLessThan(1.0);
  }

  @Test
  void calibrationOfAnHonestModelLiesOnTheDiagonal() {
    List<CalibrationPoint> points = precision(Cases.scattered(folder, EVENTS, 1)).calibration();
    assertThat(points).hasSize(10);
    assertThat(points).allMatch(point -> point.count() == EVENTS / 10);
    for (CalibrationPoint point : points) {
      double error = point.observedHighRad() - point.observedLowRad();
      assertThat(point.observedRad())
          .as(Seeds.hint())
          .isCloseTo(point.predictedRad(), within(3 * error));
    }
    assertThat(points.get(9).predictedRad()).isGreaterThan(points.get(0).predictedRad());
  }

  private Precision precisionOf(PredictionRow... rows) {
    PredictionTable table = Cases.table(folder, "model", List.of(rows));
    Evaluator evaluator = new Evaluator(List.of(table), IceCube86.geometry());
    for (PredictionRow row : rows) {
      evaluator.add(Cases.climbing(row.eventId()), Cases.truth(0, 1));
    }
    return precision(evaluator.evaluate());
  }

  @Test
  void anAbsentRadiusIsCountedAndNotTakenForZero() {
    double none = Double.NaN;
    Precision precision =
        precisionOf(
            Cases.row(1, 0, 1.1, none, 0.2, 0.3),
            Cases.row(2, 0, 1.4, none, 0.2, none),
            Cases.row(3, 0, 1.1, none, none, none),
            Cases.row(4, 0, 1.1, 25, none, none));
    assertThat(precision.withoutKappa()).isEqualTo(3);
    assertThat(precision.withoutRadius50()).isEqualTo(2);
    assertThat(precision.withoutRadius90()).isEqualTo(3);
    Coverage all = precision.coverage().get(0);
    assertThat(all.radius50().count()).isEqualTo(2);
    assertThat(all.radius50().within()).isEqualTo(1);
    assertThat(all.radius50().share()).isEqualTo(0.5);
    assertThat(all.radius90().count()).isEqualTo(1);
    assertThat(all.radius90().within()).isEqualTo(1);
    assertThat(all.fromKappa().get(0).count()).isEqualTo(1);
    assertThat(precision.coverage()).hasSize(1);
  }

  @Test
  void radiiWithoutKappaHaveNoCurveAndNoPulls() {
    Precision precision = precisionOf(Cases.row(1, 0, 1.1, Double.NaN, 0.2, 0.3));
    assertThat(precision.pulls()).isNull();
    assertThat(precision.coverage().get(0).fromKappa())
        .allMatch(share -> share.count() == 0 && share.share() == null);
    assertThat(precision.calibration()).isEmpty();
  }

  @Test
  void theCurveCountsAnErrorAtTheRadiusAsWithin() {
    // κ = 0: the radius that holds p has cos r = 1 − 2p; an error of π/2 has p = 0.5.
    Precision precision = precisionOf(Cases.row(1, 0, 1 + Math.PI / 2, 0, Double.NaN, Double.NaN));
    List<Share> curve = precision.coverage().get(0).fromKappa();
    assertThat(curve.get(8).within()).isZero();
    assertThat(curve.get(10).within()).isEqualTo(1);
    assertThat(curve).extracting(Share::nominal).startsWith(0.05, 0.1).endsWith(0.95);
  }

  @Test
  void ofShareAndPullTheFormulasHold() {
    Share none = Share.of(0.5, 4, 0);
    assertThat(none.share()).isZero();
    assertThat(none.standardError()).isCloseTo(0.1, within(1e-12));
    Share many = Share.of(0.5, 10_000, 5_100);
    assertThat(many.standardError()).isCloseTo(0.005, within(1e-5));
    assertThat(many.isWithin(2.1)).isTrue();
    assertThat(many.isWithin(1.9)).isFalse();
    assertThat(Share.of(0.5, 0, 0).isWithin(10)).isFalse();
    assertThat(Share.of(0.5, 0, 0).standardError()).isNull();
    assertThat(Pull.of(1e6, 0.002)).isCloseTo(2, within(1e-5));
    assertThat(Pull.of(0, Math.PI / 2)).isCloseTo(Pull.MEDIAN, within(1e-12));
    assertThat(Pull.of(1e-7, 1)).isCloseTo(Pull.of(0, 1), within(1e-6));
    assertThat(Pull.of(3, Math.PI)).isInfinite();
    assertThat(Pull.of(3, 0)).isZero();
  }
}
