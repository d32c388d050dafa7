// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IceLayersTest {
  @Test
  void theDustLayerIsDarkAndTheDeepIceIsClear() {
    double dust = 1948.07 - 2_050;
    double deep = 1948.07 - 2_300;

    assertThat(IceLayers.scatteringMeters(dust)).isBetween(5.0, 12.0);
    assertThat(IceLayers.absorptionMeters(dust)).isBetween(18.0, 45.0);
    assertThat(IceLayers.scatteringMeters(deep)).isGreaterThan(50);
    assertThat(IceLayers.absorptionMeters(deep)).isGreaterThan(150);
  }

  @Test
  void theEndLayersGoOnForever() {
    assertThat(IceLayers.scatteringMeters(1e5)).isCloseTo(13.2, within(1e-6));
    assertThat(IceLayers.absorptionMeters(-1e5)).isCloseTo(185.2, within(1e-6));
  }

  @Test
  void lengthsChangeWithoutJumps() {
    double before = IceLayers.scatteringMeters(-600);
    for (double z = -599; z < 600; z++) {
      double here = IceLayers.scatteringMeters(z);
      assertThat(Math.abs(here - before) / before).isLessThan(0.2);
      before = here;
    }
  }
}
