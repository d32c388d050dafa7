// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VonMisesFisherTest {
  private static final Direction UP = new Direction(0, 0, 1);
  private static final Direction DOWN = new Direction(0, 0, -1);

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-300, 1e-20, 1e-12, 1e-6, 9.99e-4, 1.001e-3, 0.1, 1, 10, 300})
  void normalizesAsTheTextbookFormulaDoes(double kappa) {
    double textbook = kappa == 0 ? 1 : kappa / Math.sinh(kappa);
    assertThat(VonMisesFisher.logNormalizer(kappa))
        .isEqualTo(Math.log(textbook) - Math.log(4 * Math.PI), within(1e-12));
  }

  @Test
  void doesNotOverflowForLargeKappa() {
    double kappa = 1e12;
    assertThat(VonMisesFisher.logNormalizer(kappa))
        .isEqualTo(Math.log(kappa / (2 * Math.PI)) - kappa, within(1e-3));
    assertThat(new VonMisesFisher(UP, kappa).logDensity(UP))
        .isEqualTo(Math.log(kappa / (2 * Math.PI)), within(1e-12));
    assertThat(new VonMisesFisher(UP, Double.MAX_VALUE).logDensity(UP)).isFinite();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-6, 0.5, 3, 30, 1_000})
  void integratesToOneOverTheSky(double kappa) {
    var distribution = new VonMisesFisher(UP, kappa);
    int steps = 200_000;
    double sum = 0;
    for (int step = 0; step < steps; step++) {
      double zenith = Math.PI * (step + 0.5) / steps;
      double density = Math.exp(distribution.logDensity(Direction.ofAngles(1, zenith)));
      sum += density * 2 * Math.PI * Math.sin(zenith) * Math.PI / steps;
    }
    assertThat(sum).isEqualTo(1, within(1e-7));
  }

  @Test
  void isTheSameEverywhereAtKappaZero() {
    var distribution = new VonMisesFisher(UP, 0);
    assertThat(distribution.logDensity(UP)).isEqualTo(-Math.log(4 * Math.PI), within(1e-15));
    assertThat(distribution.logDensity(DOWN)).isEqualTo(distribution.logDensity(UP));
  }

  @Test
  void fallsByTwoKappaFromMeanToAntipode() {
    var distribution = new VonMisesFisher(UP, 7);
    assertThat(distribution.logDensity(UP) - distribution.logDensity(DOWN))
        .isEqualTo(14, within(1e-12));
  }

  @Test
  void seesSmallAnglesAtLargeKappa() {
    var distribution = new VonMisesFisher(UP, 1e18);
    var aside = Direction.along(1e-9, 0, 1);
    assertThat(distribution.logDensity(UP) - distribution.logDensity(aside))
        .as("κ·angle²/2")
        .isEqualTo(0.5, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-300, 1e-12, 1e-3, 0.5, 3, 30, 1e4, 1e10})
  void containsWhatItsRadiusSays(double kappa) {
    var distribution = new VonMisesFisher(UP, kappa);
    for (double p : new double[] {0, 0.01, 0.5, 0.9, 0.999}) {
      double radius = distribution.containmentRad(p);
      assertThat(distribution.probabilityWithin(radius)).isEqualTo(p, within(1e-12));
    }
    assertThat(distribution.containmentRad(0)).isZero();
    assertThat(distribution.containmentRad(1)).isEqualTo(Math.PI);
    assertThat(distribution.probabilityWithin(Math.PI)).isEqualTo(1, within(1e-15));
  }

  @Test
  void hasTheRadiiOfTheLimits() {
    assertThat(new VonMisesFisher(UP, 0).containmentRad(0.5))
        .as("half the sky")
        .isEqualTo(Math.PI / 2, within(1e-15));
    double kappa = 1e8;
    assertThat(new VonMisesFisher(UP, kappa).containmentRad(0.9))
        .as("plane Gaussian: √(−2 ln(1 − p)/κ)")
        .isEqualTo(Math.sqrt(-2 * Math.log(0.1) / kappa), within(1e-11));
  }

  @Test
  void growsItsRadiusWithProbabilityAndShrinksItWithKappa() {
    double previous = Math.PI;
    for (double kappa = 0.01; kappa < 1e6; kappa *= 3) {
      var distribution = new VonMisesFisher(UP, kappa);
      assertThat(distribution.containmentRad(0.5)).isLessThan(previous);
      assertThat(distribution.containmentRad(0.9)).isGreaterThan(distribution.containmentRad(0.5));
      previous = distribution.containmentRad(0.5);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-9, 0.5, 5, 200, 1e8})
  void drawsAsManyInsideARadiusAsItContains(double kappa) {
    var random = Seeds.random();
    var distribution = new VonMisesFisher(Seeds.direction(random), kappa);
    double radius50 = distribution.containmentRad(0.5);
    double radius90 = distribution.containmentRad(0.9);
    int count = 20_000;
    int inside50 = 0;
    int inside90 = 0;
    for (int draw = 0; draw < count; draw++) {
      double error = AngularError.betweenRad(distribution.mean(), distribution.sample(random));
      inside50 += error <= radius50 ? 1 : 0;
      inside90 += error <= radius90 ? 1 : 0;
    }
    assertThat(inside50 / (double) count).as(Seeds.hint()).isEqualTo(0.5, within(0.02));
    assertThat(inside90 / (double) count).as(Seeds.hint()).isEqualTo(0.9, within(0.01));
  }

  @Test
  void drawsAroundEveryMeanIncludingThePoles() {
    var random = Seeds.random();
    var means = new Direction[] {UP, DOWN, new Direction(1, 0, 0), new Direction(0, 1, -0.0)};
    for (var mean : means) {
      var distribution = new VonMisesFisher(mean, 50);
      double x = 0;
      double y = 0;
      double z = 0;
      for (int draw = 0; draw < 20_000; draw++) {
        var direction = distribution.sample(random);
        x += direction.x();
        y += direction.y();
        z += direction.z();
      }
      assertThat(AngularError.betweenRad(mean, Direction.along(x, y, z)))
          .as("mean %s, %s", mean, Seeds.hint())
          .isLessThan(5e-3);
      assertThat(Math.sqrt(x * x + y * y + z * z) / 20_000)
          .as("mean resultant length coth κ − 1/κ, %s", Seeds.hint())
          .isEqualTo(1 / Math.tanh(50) - 1 / 50.0, within(2e-3));
    }
  }

  @Test
  void drawsTheSameFromTheSameChance() {
    var distribution = new VonMisesFisher(UP, 3);
    assertThat(distribution.sample(Seeds.random())).isEqualTo(distribution.sample(Seeds.random()));
  }

  @Test
  void refusesArgumentsOutOfRange() {
    for (double kappa : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new VonMisesFisher(UP, kappa))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("kappa: " + kappa + " (expected: finite and >= 0)");
      assertThatThrownBy(() -> VonMisesFisher.logNormalizer(kappa))
          .isInstanceOf(IllegalArgumentException.class);
    }
    var distribution = new VonMisesFisher(UP, 1);
    assertThatThrownBy(() -> distribution.containmentRad(1.1))
        .hasMessage("p: 1.1 (expected: 0..1)");
    assertThatThrownBy(() -> distribution.containmentRad(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> distribution.probabilityWithin(-0.1))
        .hasMessage("radius: -0.1 rad (expected: 0..pi)");
    assertThatThrownBy(() -> distribution.probabilityWithin(4))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
