// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SpreadTest {
  @Test
  void theMedianStandsBetweenTheSmallestAndTheLargest() {
    assertThat(Spread.of(9, 1, 4)).isEqualTo(new Spread(1, 4, 9));
  }

  @Test
  void ratiosAreOfWhatWasMeasuredOneAfterTheOther() {
    var ratios = Spread.pairwise(new double[] {2, 30, 12}, new double[] {1, 10, 3});
    assertThat(ratios).isEqualTo(new Spread(2, 3, 4));
    assertThat(ratios.with(2).strip()).isEqualTo("3.00  (2.00 .. 4.00)");
  }

  @Test
  void nothingMeasuredHasNoSpread() {
    assertThatThrownBy(Spread::of).hasMessage("values: none (expected: at least 1)");
  }
}
