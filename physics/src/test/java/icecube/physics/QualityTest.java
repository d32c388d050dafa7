// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QualityTest {
  @Test
  void givesEachFlagABitOfItsOwn() {
    int all = 0;
    for (var flag : Quality.values()) {
      assertThat(Integer.bitCount(flag.bit())).isEqualTo(1);
      assertThat(flag.isIn(all)).isFalse();
      all |= flag.bit();
      assertThat(flag.isIn(all)).isTrue();
    }
  }

  @Test
  void keepsTheBitsThatTravelOnTheWire() {
    assertThat(Quality.NO_DIRECTION.bit()).isEqualTo(2);
    assertThat(Quality.TRUNCATED.bit()).isEqualTo(4);
    assertThat(Quality.SINGLE_STRING.bit()).isEqualTo(8);
    assertThat(Quality.DEGRADED.bit()).isEqualTo(16);
  }
}
