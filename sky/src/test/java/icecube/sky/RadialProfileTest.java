// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.Direction;
import icecube.physics.VonMisesFisher;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A profile holds what its radii promise, and is the von Mises–Fisher distribution where it may be.
 */
final class RadialProfileTest {
  private static final long SEED = Long.getLong("icecube.seed", 50_90);

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-18, 1e-6, 0.3, 4, 150, 5e4, 1e9})
  void kappaGivesVonMisesFisher(double kappa) {
    RadialProfile profile = RadialProfile.ofKappa(kappa);
    var expected = new VonMisesFisher(Direction.ofAngles(0, 0), kappa);
    for (double p : new double[] {0.001, 0.1, 0.5, 0.9, 0.999}) {
      double radius = expected.containmentRad(p);
      assertThat(profile.probabilityWithin(radius)).isCloseTo(p, within(1e-12));
      assertThat(profile.radiusRad(p)).isCloseTo(radius, within(1e-9 * radius));
      assertThat(Math.log(profile.densityAt(radius)))
          .isCloseTo(expected.logDensity(Direction.ofAngles(0, radius)), within(1e-6));
    }
    assertThat(profile.probabilityWithin(0)).isZero();
    assertThat(profile.probabilityWithin(Math.PI)).isCloseTo(1, within(1e-12));
  }

  /** Tracks, cascades, heavy and light tails, worse than an even sky, more beyond than within. */
  @ParameterizedTest
  @CsvSource({
    "0.05, 0.2", "0.3, 0.45", "0.5, 0.8", "0.5, 3", "0.5, 20", "1, 10", "5, 15", "5, 90",
    "10, 10.5", "20, 80", "40, 70", "40, 120", "60, 120", "60, 150", "90, 143.1301", "90, 155",
    "100, 150", "120, 165"
  })
  void theRadiiHoldWhatTheyPromise(double radius50Degrees, double radius90Degrees) {
    double radius50 = Math.toRadians(radius50Degrees);
    double radius90 = Math.toRadians(radius90Degrees);
    RadialProfile profile = RadialProfile.ofRadii(radius50, radius90);
    assertThat(integral(profile, 0, radius50)).isCloseTo(0.5, within(1e-7));
    assertThat(integral(profile, radius50, radius90)).isCloseTo(0.4, within(1e-7));
    assertThat(integral(profile, radius90, Math.PI)).isCloseTo(0.1, within(1e-7));
    assertThat(profile.probabilityWithin(radius50)).isCloseTo(0.5, within(1e-12));
    assertThat(profile.probabilityWithin(radius90)).isCloseTo(0.9, within(1e-12));
    assertThat(profile.probabilityWithin(Math.PI)).isCloseTo(1, within(1e-12));
    assertThat(profile.radiusRad(0.5)).isCloseTo(radius50, within(1e-9 * radius50));
    assertThat(profile.radiusRad(0.9)).isCloseTo(radius90, within(1e-9 * radius90));
  }

  /** Simpson's rule over the angle, in steps that follow the radius: independent of the code. */
  private static double integral(RadialProfile profile, double fromRad, double toRad) {
    // Substituting angle = from + span·x³ puts steps where a tail is steep.
    double span = toRad - fromRad;
    int steps = 20_000;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double x = (double) i / steps;
      double angle = Math.min(toRad, fromRad + span * x * x * x);
      // The rightmost of a piece is a corner; the density there is continuous.
      double value = profile.densityAt(angle) * 2 * Math.PI * Math.sin(angle) * 3 * x * x * span;
      sum += value * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return sum / (3.0 * steps);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 3, 40, 900, 2e4, 1e6})
  void radiiOfOneKappaGiveItBack(double kappa) {
    var one = new VonMisesFisher(Direction.ofAngles(0, 0), kappa);
    RadialProfile profile = RadialProfile.ofRadii(one.containmentRad(0.5), one.containmentRad(0.9));
    RadialProfile exact = RadialProfile.ofKappa(kappa);
    for (double p = 0.01; p < 0.999; p += 0.01) {
      double angle = exact.radiusRad(p);
      assertThat(profile.densityAt(angle) / exact.densityAt(angle)).isCloseTo(1, within(1e-3));
      assertThat(profile.probabilityWithin(angle)).isCloseTo(p, within(1e-4));
    }
  }

  @Test
  void theDensityFallsWhereThereIsRoomForAFallingOne() {
    SplittableRandom random = new SplittableRandom(SEED);
    int seen = 0;
    while (seen < 2000) {
      double radius50 = Math.PI * Math.pow(10, random.nextDouble(-4, 0)) / 2;
      double radius90 = radius50 + random.nextDouble() * (Math.PI - radius50);
      double inner = 1 - Math.cos(radius50);
      double outer = 1 - Math.cos(radius90);
      // A falling density is a concave content: 0.5/inner >= 0.4/(outer-inner) >= 0.1/(2-outer),
      // and by a margin, since at the very edge only steps fulfil it. Where the radii lie further
      // apart than 1 : 25, the far tail may rise by less than a percent.
      if (radius90 > 25 * radius50
          || outer < 2.7 * inner
          || 0.1 / (2 - outer) > 0.4 * 0.4 / (outer - inner)) {
        continue;
      }
      seen++;
      RadialProfile profile = RadialProfile.ofRadii(radius50, radius90);
      double last = profile.densityAt(0);
      for (double angle = 0; angle <= Math.PI; angle += Math.PI / 500) {
        double density = profile.densityAt(angle);
        assertThat(density)
            .as("r50 %s, r90 %s at %s, -Dicecube.seed=%d", radius50, radius90, angle, SEED)
            .isLessThanOrEqualTo(last * (1 + 1e-9));
        last = density;
      }
    }
  }

  @Test
  void oneRadiusGivesTheKappaThatHoldsHalfWithinIt() {
    for (double radius : new double[] {1e-4, 0.01, 0.5, 1.5}) {
      assertThat(RadialProfile.ofRadius50(radius).probabilityWithin(radius))
          .isCloseTo(0.5, within(1e-9));
    }
    assertThat(RadialProfile.ofRadius50(2).densityAt(0))
        .isCloseTo(1 / (4 * Math.PI), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3.14159265358979",
    "1, 1",
    "1, 1.001",
    "0, 1",
    "2, 1",
    "NaN, 1",
    "1, NaN",
    "1, 3.1"
  })
  void radiiWithoutRoomAreRefused(double radius50, double radius90) {
    assertThat(RadialProfile.canHold(radius50, radius90)).isFalse();
    assertThatThrownBy(() -> RadialProfile.ofRadii(radius50, radius90))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("radius50: " + radius50)
        .hasMessageContaining("expected: 0 < radius50 < radius90 < pi");
  }

  @Test
  void whatIsNoAngleOrProbabilityIsTold() {
    RadialProfile profile = RadialProfile.ofKappa(1);
    assertThatThrownBy(() -> profile.densityAt(-0.1)).hasMessageContaining("angle: -0.1");
    assertThatThrownBy(() -> profile.probabilityWithin(4)).hasMessageContaining("angle: 4.0");
    assertThatThrownBy(() -> profile.radiusRad(1.1)).hasMessageContaining("probability: 1.1");
    assertThatThrownBy(() -> RadialProfile.ofKappa(-1)).hasMessageContaining("kappa: -1.0");
    assertThatThrownBy(() -> RadialProfile.ofRadius50(0)).hasMessageContaining("radius50: 0.0");
  }
}
