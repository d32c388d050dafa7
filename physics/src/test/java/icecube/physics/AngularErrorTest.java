// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AngularErrorTest {
  private static final Direction X = new Direction(1, 0, 0);
  private static final Direction Y = new Direction(0, 1, 0);
  private static final Direction Z = new Direction(0, 0, 1);

  @Test
  void isZeroRightOrStraightAngleOnTheAxes() {
    assertThat(AngularError.betweenRad(X, X)).isZero();
    assertThat(AngularError.betweenRad(X, Y)).isEqualTo(Math.PI / 2);
    assertThat(AngularError.betweenRad(Z, new Direction(0, 0, -1))).isEqualTo(Math.PI);
    assertThat(AngularError.kaggleRad(Z, new Direction(0, 0, -1))).isEqualTo(Math.PI);
    assertThat(AngularError.kaggleRad(X, X)).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-100, 1e-15, 1e-9, 1e-3, 0.5, 3, Math.PI - 1e-9, Math.PI - 1e-14})
  void isExactAtEveryAngle(double angleRad) {
    var turned = Direction.ofAngles(0, angleRad);
    assertThat(AngularError.betweenRad(Z, turned)).isEqualTo(angleRad, within(5e-16));
    if (angleRad < 1) {
      assertThat(AngularError.betweenRad(Z, turned) / angleRad).isEqualTo(1, within(1e-14));
    }
  }

  @Test
  void agreesInBothForms() {
    var random = Seeds.random();
    for (int round = 0; round < 10_000; round++) {
      var a = Seeds.direction(random);
      var b = Seeds.direction(random);
      double exact = AngularError.betweenRad(a, b);
      double kaggle = AngularError.kaggleRad(a, b);

      double conditioned = 1e-15 / Math.max(1e-8, Math.sin(exact));
      assertThat(kaggle).as(Seeds.hint()).isEqualTo(exact, within(4 * conditioned));
    }
  }

  @Test
  void isSymmetricAndKeepsTheTriangleInequality() {
    var random = Seeds.random();
    for (int round = 0; round < 10_000; round++) {
      var a = Seeds.direction(random);
      var b = Seeds.direction(random);
      var c = Seeds.direction(random);

      double ab = AngularError.betweenRad(a, b);
      assertThat(AngularError.betweenRad(b, a)).as(Seeds.hint()).isEqualTo(ab);
      assertThat(ab)
          .as(Seeds.hint())
          .isLessThanOrEqualTo(
              AngularError.betweenRad(a, c) + AngularError.betweenRad(c, b) + 1e-15);
    }
  }

  @Test
  void losesSmallAnglesInTheCompetitionsForm() {
    assertThat(AngularError.kaggleRad(0, 1, 0, 1 + 1e-9)).isLessThan(3e-8);
    assertThat(AngularError.betweenRad(Direction.ofAngles(0, 1), Direction.ofAngles(0, 1 + 1e-9)))
        .isEqualTo(1e-9, within(1e-15));
  }

  @Test
  void takesTheSeamAndThePolesInTheCompetitionsForm() {
    assertThat(AngularError.kaggleRad(1e-3, Math.PI / 2, 2 * Math.PI - 1e-3, Math.PI / 2))
        .isEqualTo(2e-3, within(1e-12));
    assertThat(AngularError.kaggleRad(0.3, 0, 2.9, 0)).as("azimuth at a pole").isZero();
    assertThat(AngularError.kaggleRad(0.3, Math.PI, 2.9, Math.PI)).isLessThan(1e-7);
    assertThat(AngularError.kaggleRad(1, 2, 1 + 4 * Math.PI, 2 - 2 * Math.PI)).isLessThan(1e-7);
  }

  @Test
  void scoresAConstantAnswerAtHalfPi() {
    var random = Seeds.random();
    double sum = 0;
    int count = 20_000;
    for (int round = 0; round < count; round++) {
      sum += AngularError.betweenRad(Z, Seeds.direction(random));
    }
    // Standard deviation of one: √(π²/4 − 2) = 0.68.
    assertThat(sum / count).as(Seeds.hint()).isEqualTo(Math.PI / 2, within(0.02));
  }

  @Test
  void refusesAnglesThatAreNotFinite() {
    assertThatThrownBy(() -> AngularError.kaggleRad(Double.NaN, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("azimuth1: NaN rad (expected: finite)");
    assertThatThrownBy(() -> AngularError.kaggleRad(0, Double.POSITIVE_INFINITY, 0, 0))
        .hasMessage("zenith1: Infinity rad (expected: finite)");
    assertThatThrownBy(() -> AngularError.kaggleRad(0, 0, Double.NaN, 0))
        .hasMessage("azimuth2: NaN rad (expected: finite)");
    assertThatThrownBy(() -> AngularError.kaggleRad(0, 0, 0, Double.NEGATIVE_INFINITY))
        .hasMessage("zenith2: -Infinity rad (expected: finite)");
  }
}
