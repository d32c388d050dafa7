// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmearedPandelTest {
  @ParameterizedTest
  @CsvSource({
    "3, 0.05",
    "3, 0.5",
    "3, 1",
    "3, 4",
    "3, 30",
    "30, 0.05",
    "30, 0.5",
    "30, 1",
    "30, 4",
    "30, 30"
  })
  void isTheConvolutionOfTheLawWithAGaussian(double sigmaNs, double shape) {
    var smeared = new SmearedPandel(sigmaNs);
    for (double sigmas : new double[] {-6, -3, -1, -0.1, 0, 0.2, 1, 3, 7.9, 8.1, 20, 100}) {
      double timeNs = sigmas * sigmaNs;

      assertThat(Math.exp(smeared.logDensity(timeNs, shape) - integral(timeNs, sigmaNs, shape)))
          .as("t %s ns, sigma %s ns, shape %s", timeNs, sigmaNs, shape)
          .isCloseTo(1, within(1e-6));
    }
  }

  /** ln of the integral in x = s^(1/ξ), without a pole, by the midpoint rule. */
  private static double integral(double timeNs, double sigmaNs, double shape) {
    double power = Math.max(1, 1 / shape);
    double from = Math.pow(Math.max(0, timeNs - 10 * sigmaNs), 1 / power);
    double to = Math.pow(Math.max(0, timeNs) + 10 * sigmaNs, 1 / power);
    int steps = 100_000;
    double step = (to - from) / steps;
    double largest = Double.NEGATIVE_INFINITY;
    double[] exponent = new double[steps];
    for (int k = 0; k < steps; k++) {
      double s = from + (k + 0.5) * step;
      double x = Math.pow(s, power);
      double apart = (timeNs - x) / sigmaNs;
      exponent[k] =
          (power * shape - 1) * Math.log(s) - PandelLaw.RATE_PER_NS * x - apart * apart / 2;
      largest = Math.max(largest, exponent[k]);
    }
    double sum = 0;
    for (double here : exponent) {
      sum += Math.exp(here - largest);
    }
    return largest
        + Math.log(sum * step * power / (sigmaNs * Math.sqrt(2 * Math.PI)))
        + shape * Math.log(PandelLaw.RATE_PER_NS)
        - PandelLaw.logGamma(shape);
  }

  @ParameterizedTest
  @CsvSource({"3, 0.1", "6, 1", "30, 5"})
  void integratesToOne(double sigmaNs, double shape) {
    var smeared = new SmearedPandel(sigmaNs);
    double sum = 0;
    for (double timeNs = -8 * sigmaNs; timeNs < 20_000; timeNs += 0.5) {
      sum += 0.5 * Math.exp(smeared.logDensity(timeNs, shape));
    }

    assertThat(sum).isCloseTo(1, within(1e-4));
  }

  @Test
  void isTheLawItselfFarBehindTheJitter() {
    assertThat(new SmearedPandel(0.1).logDensity(500, 2))
        .isCloseTo(PandelLaw.logDensity(500, 2), within(1e-6));
  }

  @Test
  void lightThatComesTooEarlyIsUnlikelyAndNotImpossible() {
    var smeared = new SmearedPandel(6);
    double before = smeared.logDensity(-30, 0.3);

    assertThat(before).isFinite().isLessThan(smeared.logDensity(-12, 0.3));
  }

  @Test
  void aJitterIsAboveZero() {
    assertThatThrownBy(() -> new SmearedPandel(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sigma: 0.0 ns (expected: > 0)");
  }
}
