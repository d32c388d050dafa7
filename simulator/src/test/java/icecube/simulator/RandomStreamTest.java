// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Means and variances against closed forms, all with seed 7; bounds are about five σ wide. */
class RandomStreamTest {
  private static final int DRAWS = 200_000;

  private final RandomStream random = new RandomStream();

  @BeforeEach
  void restart() {
    random.restart(7, 0);
  }

  @Test
  void aStreamRestartsWhereItBegan() {
    long first = random.bits();
    double gauss = random.gauss();
    random.restart(7, 0);

    assertThat(random.bits()).isEqualTo(first);
    assertThat(random.gauss()).isEqualTo(gauss);
  }

  @Test
  void neighbouringSeedsAndIndicesShareNothing() {
    long first = random.bits();
    random.restart(7, 1);
    long otherIndex = random.bits();
    random.restart(8, 0);
    long otherSeed = random.bits();

    assertThat(Long.bitCount(first ^ otherIndex)).isBetween(16, 48);
    assertThat(Long.bitCount(first ^ otherSeed)).isBetween(16, 48);
    assertThat(Long.bitCount(otherIndex ^ otherSeed)).isBetween(16, 48);
  }

  @Test
  void uniformNumbersFillTheUnitInterval() {
    assertMoments(random::uniform, 0.5, 1.0 / 12);
  }

  @Test
  void belowGivesEveryNumberAlike() {
    int[] counts = new int[7];
    for (int draw = 0; draw < 70_000; draw++) {
      counts[random.below(7)]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(9_500, 10_500);
    }
  }

  @Test
  void gaussHasMeanZeroAndVarianceOne() {
    assertMoments(random::gauss, 0, 1);
  }

  @Test
  void exponentialHasMeanAndVarianceOne() {
    assertMoments(random::exponential, 1, 1);
  }

  @Test
  void gumbelHasEulersMeanAndItsVariance() {
    assertMoments(random::gumbel, 0.5772156649, Math.PI * Math.PI / 6);
  }

  @Test
  void jitterIsTheGumbelOfTheSensor() {
    assertMoments(
        () -> SensorResponse.jitterNs(random),
        0.153 + 1.918 * 0.5772156649,
        1.918 * 1.918 * Math.PI * Math.PI / 6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 1, 2.5, 8, 40})
  void gammaHasMeanAndVarianceOfItsShape(double shape) {
    assertMoments(() -> random.gamma(shape), shape, shape);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.7, 3, 11.9, 12.1, 40, 400})
  void poissonHasMeanAndVarianceOfItsMean(double mean) {
    assertMoments(() -> random.poisson(mean), mean, mean);
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 13, 30})
  void poissonFollowsItsProbabilities(double mean) {
    int[] counts = new int[200];
    for (int draw = 0; draw < DRAWS; draw++) {
      counts[(int) random.poisson(mean)]++;
    }
    double probability = Math.exp(-mean);
    for (int k = 0; k < 60; k++) {
      double expected = DRAWS * probability;
      assertThat((double) counts[k])
          .as("P(%d) of mean %s", k, mean)
          .isCloseTo(expected, within(5 * Math.sqrt(expected) + 5));
      probability *= mean / (k + 1);
    }
  }

  @Test
  void poissonOfNothingIsNothing() {
    for (int draw = 0; draw < 1_000; draw++) {
      assertThat(random.poisson(0)).isZero();
    }
  }

  @Test
  void lnFactorialIsExact() {
    double sum = 0;
    for (int k = 1; k < 100; k++) {
      sum += Math.log(k);
      assertThat(RandomStream.lnFactorial(k)).isCloseTo(sum, within(1e-9));
    }
  }

  @Test
  void chargeOfOnePhotoElectronHasItsMeanAndSpread() {
    double tail = SensorResponse.CHARGE_TAIL_SHARE;
    assertThat(tail).isCloseTo(0.2582, within(1e-3));
    double mean = SensorResponse.CHARGE_MEAN_PE;
    assertMoments(
        () -> SensorResponse.chargePe(random, 1),
        mean,
        SensorResponse.CHARGE_SPREAD_PE * SensorResponse.CHARGE_SPREAD_PE);
    assertMoments(
        () -> SensorResponse.chargePe(random, 1024),
        1024 * mean,
        1024 * SensorResponse.CHARGE_SPREAD_PE * SensorResponse.CHARGE_SPREAD_PE);
  }

  private static void assertMoments(DoubleSupplier draw, double mean, double variance) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < DRAWS; i++) {
      double off = draw.getAsDouble() - mean;
      sum += off;
      squares += off * off;
    }
    double room = 5 * Math.sqrt(variance / DRAWS);
    assertThat(sum / DRAWS).as("mean − %s", mean).isCloseTo(0, within(room));
    assertThat(squares / DRAWS / variance)
        .as("variance over %s", variance)
        .isCloseTo(1, within(0.1));
  }
}
