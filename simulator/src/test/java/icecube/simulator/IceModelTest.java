// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.IceModel;
import org.junit.jupiter.api.Test;

class IceModelTest {
  private final IceModel ice = new IceModel();
  private final LightPath path = new LightPath(ice);

  private void between(double fromDepth, double toDepth) {
    path.startAt(fromDepth);
    path.endAt(toDepth, ice.scatteringsTo(toDepth), ice.absorptionsTo(toDepth));
  }

  @Test
  void theDustLayerIsMurky() {
    between(2044, 2052);

    assertThat(path.scatteringMeters()).isCloseTo(5.0, within(1e-9));
    assertThat(path.absorptionMeters()).isCloseTo(17.9, within(1e-9));
  }

  @Test
  void theDeepIceIsClear() {
    between(2294, 2302);

    assertThat(path.scatteringMeters()).isCloseTo(75.6, within(1e-9));
    assertThat(path.absorptionMeters()).isCloseTo(223.9, within(1e-9));
  }

  @Test
  void aPathThroughTwoLayersHasTheirHarmonicMean() {
    between(2043.4, 2063.4);

    assertThat(path.scatteringMeters()).isCloseTo(2 / (1 / 5.0 + 1 / 7.2), within(1e-9));
    assertThat(path.absorptionMeters()).isCloseTo(2 / (1 / 17.9 + 1 / 28.4), within(1e-9));
  }

  @Test
  void theWayUpIsTheWayDown() {
    between(1500, 1900);
    double down = path.scatteringMeters();
    between(1900, 1500);

    assertThat(path.scatteringMeters()).isCloseTo(down, within(1e-12));
  }

  @Test
  void aLevelPathHasTheIceOfItsDepth() {
    between(2048.4, 2048.4);

    assertThat(path.scatteringMeters()).isCloseTo(5.0, within(1e-9));
  }

  @Test
  void theEndLayersGoOnBeyondTheTable() {
    between(100, 1000);
    assertThat(path.scatteringMeters()).isCloseTo(13.2, within(1e-9));
    between(2700, 3500);
    assertThat(path.absorptionMeters()).isCloseTo(185.2, within(1e-9));
  }

  @Test
  void theMeanOverTheDetectorIsThePublishedOne() {
    between(1450, 2450);

    assertThat(path.scatteringMeters()).isCloseTo(23.9, within(1.5));
    assertThat(path.absorptionMeters()).isCloseTo(83.6, within(5.0));
  }
}
