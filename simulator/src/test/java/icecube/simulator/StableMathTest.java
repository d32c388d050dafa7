// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StableMathTest {
  @Test
  void expAgreesWithStrictMath() {
    for (double x = -690; x < 690; x += 0.0137) {
      double exact = StrictMath.exp(x);
      assertThat(StableMath.exp(x) / exact).as("exp(%s)", x).isCloseTo(1, within(1e-13));
    }
  }

  @Test
  void expEndsInZeroAndInfinity() {
    assertThat(StableMath.exp(-1e9)).isZero();
    assertThat(StableMath.exp(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(StableMath.exp(1e9)).isInfinite();
    assertThat(StableMath.exp(Double.NaN)).isNaN();
    assertThat(StableMath.exp(0)).isEqualTo(1);
  }

  @Test
  void lnAgreesWithStrictMath() {
    for (double x = 1e-300; x < 1e300; x *= 1.037) {
      double exact = StrictMath.log(x);
      double room = 1e-13 * Math.max(1, Math.abs(exact));
      assertThat(StableMath.ln(x)).as("ln(%s)", x).isCloseTo(exact, within(room));
    }
  }

  @Test
  void lnOfNothingIsNotFinite() {
    assertThat(StableMath.ln(0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(StableMath.ln(-1)).isNaN();
    assertThat(StableMath.ln(Double.NaN)).isNaN();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-9, 9.9e-4, 1.1e-3, 0.3, 1, 5, 40})
  void hyperbolicFunctionsAgreeWithStrictMath(double x) {
    assertThat(StableMath.tanh(x)).isCloseTo(StrictMath.tanh(x), within(1e-11));
    double sinh = StrictMath.sinh(x);
    assertThat(StableMath.sinh(x)).isCloseTo(sinh, within(1e-11 * Math.max(1, sinh)));
  }

  @Test
  void powIsExpOfLn() {
    assertThat(StableMath.pow(2, 0.5)).isCloseTo(Math.sqrt(2), within(1e-12));
    assertThat(StableMath.pow(10, -3)).isCloseTo(1e-3, within(1e-15));
  }
}
