// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TrendTest {
  @Test
  void aStraightLineHasItsSlope() {
    Trend trend = Trend.of(IntStream.range(0, 90).mapToDouble(i -> 100 + 0.5 * i).toArray());
    assertThat(trend.perStep()).isCloseTo(0.5, within(1e-9));
    assertThat(trend.growth()).isEqualTo(15);
  }

  @Test
  void whatGrowsOnlyInTheFirstThirdIsFlat() {
    Trend trend = Trend.of(1, 5, 9, 10, 10, 10, 10, 10, 10);
    assertThat(trend).isEqualTo(new Trend(5, 10, 10, 0));
    assertThat(trend.isFlat(0, 0)).isTrue();
  }

  @Test
  void aPeakIsNotGrowth() {
    assertThat(Trend.of(10, 10, 10, 10, 10, 10, 10, 99, 10).isFlat(0.03, 0)).isTrue();
  }

  @Test
  void growthIsHeldToTheLargerOfShareAndAllowance() {
    Trend trend = Trend.of(100, 100, 104);
    assertThat(trend.isFlat(0.03, 3.9)).isFalse();
    assertThat(trend.isFlat(0.04, 0)).isTrue();
    assertThat(trend.isFlat(0.03, 4)).isTrue();
  }

  @Test
  void lessThanExpectedIsFlat() {
    assertThat(Trend.of(9, 8, 1).isFlat(0, 0)).isTrue();
  }

  @Test
  void thirdsNeedThreeLooks() {
    assertThatThrownBy(() -> Trend.of(1, 2))
        .hasMessage("looks: 2 (expected: at least 3); run longer");
  }
}
