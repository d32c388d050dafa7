// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LimitsTest {
  @Test
  void aFigureAtItsLimitKeepsIt() {
    var limits = new Limits();
    limits.atLeast("goodput", 0.9, 0.9);
    limits.atMost("seconds", 1, 1);
    assertThat(limits.missed()).isZero();
  }

  @Test
  void everyMissIsCounted() {
    var limits = new Limits();
    limits.atLeast("goodput", 0.89, 0.9);
    limits.atMost("seconds", 1.1, 1);
    limits.atMost("seconds", 0.9, 1);
    assertThat(limits.missed()).isEqualTo(2);
  }

  @Test
  void whatIsNoNumberMisses() {
    var limits = new Limits();
    limits.atLeast("goodput", Double.NaN, 0);
    limits.atMost("seconds", Double.NaN, 0);
    limits.atLeast("times as fast as nothing", Double.POSITIVE_INFINITY, 4);
    assertThat(limits.missed()).isEqualTo(3);
  }
}
