// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PandelLawTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 1, 2.5, 10, 40})
  void theDensityIntegratesToOneWithTheMeanOfAGammaLaw(double shape) {
    double sum = 0;
    double mean = 0;
    double step = 0.01;
    // In ln t, so that the pole at 0 is none.
    for (double logT = -300; logT < 13; logT += step) {
      double t = Math.exp(logT);
      double weight = step * t * Math.exp(PandelLaw.logDensity(t, shape));
      sum += weight;
      mean += weight * t;
    }

    assertThat(sum).isCloseTo(1, within(1e-6));
    assertThat(mean).isCloseTo(shape / PandelLaw.RATE_PER_NS, within(1e-6 * mean));
  }

  @Test
  void nothingIsFasterThanLight() {
    assertThat(PandelLaw.logDensity(-1e-9, 2)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(PandelLaw.logDensity(0, 2)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(PandelLaw.logDensity(0, 0.5)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void anExponentialIsTheLawOfShapeOne() {
    double rate = PandelLaw.RATE_PER_NS;

    assertThat(PandelLaw.logDensity(300, 1)).isCloseTo(Math.log(rate) - 300 * rate, within(1e-12));
  }

  @Test
  void logGammaContinuesTheFactorial() {
    double factorial = 1;
    for (int n = 1; n < 30; n++) {
      assertThat(PandelLaw.logGamma(n)).isCloseTo(Math.log(factorial), within(1e-11));
      factorial *= n;
    }
    assertThat(PandelLaw.logGamma(0.5)).isCloseTo(Math.log(Math.PI) / 2, within(1e-12));
    assertThat(PandelLaw.logGamma(0.01)).isCloseTo(4.599479878042022, within(1e-12));
  }

  @Test
  void theDelayIsThatOfLightLeavingAtTheCherenkovAngle() {
    // From where the light leaves, d / tan θ before the nearest point, over d / sin θ at c / n_g.
    double tangent = IceOptics.SIN_CHERENKOV / IceOptics.COS_CHERENKOV;
    double metersOfVacuum = -1 / tangent + IceOptics.GROUP_INDEX / IceOptics.SIN_CHERENKOV;

    assertThat(PandelLaw.DELAY_PER_METER).isCloseTo(metersOfVacuum, within(1e-12));
    assertThat(Math.toDegrees(Math.acos(IceOptics.COS_CHERENKOV))).isCloseTo(40.7, within(0.1));
  }

  @Test
  void theWayIsAtLeastAsLongAsTheDistanceAllowsAndShortestFromBelow() {
    for (double cosEta = -1; cosEta <= 1; cosEta += 0.01) {
      assertThat(PandelLaw.effectiveMeters(0, cosEta)).isPositive();
      double step = 1e-6;
      double slope =
          (PandelLaw.effectiveMeters(7, cosEta + step)
                  - PandelLaw.effectiveMeters(7, cosEta - step))
              / (2 * step);
      assertThat(PandelLaw.effectivePerCosine(cosEta)).isCloseTo(slope, within(1e-6));
    }
    assertThat(PandelLaw.effectiveMeters(50, 1)).isLessThan(PandelLaw.effectiveMeters(50, -1));
    assertThat(PandelLaw.effectiveMeters(51, 0) - PandelLaw.effectiveMeters(50, 0))
        .isCloseTo(PandelLaw.DISTANCE_FACTOR, within(1e-12));
  }
}
