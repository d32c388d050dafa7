// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LaunchTableTest {
  private final PulseFixture fixture = new PulseFixture(DetectorFixtures.grid(2, 10));

  @Test
  void aLonePulseIsNotInCoincidence() {
    assertThat(fixture.at(3, 100).launch().isHlc(0)).isFalse();
  }

  @Test
  void nearestNeighboursWithinAMicrosecondConfirmEachOther() {
    var launches = fixture.at(3, 100).at(4, 1_099).launch();

    assertThat(launches.isHlc(0)).isTrue();
    assertThat(launches.isHlc(1)).isTrue();
    assertThat(launches.hlcCount()).isEqualTo(2);
  }

  @Test
  void nextToNearestNeighboursCount() {
    assertThat(fixture.at(3, 1_000).at(5, 100).launch().hlcCount()).isEqualTo(2);
  }

  @Test
  void thirdNeighboursDoNotCount() {
    assertThat(fixture.at(3, 100).at(6, 100).launch().hlcCount()).isZero();
  }

  @Test
  void laterThanAMicrosecondIsTooLate() {
    assertThat(fixture.at(3, 100).at(4, 1_101).launch().hlcCount()).isZero();
  }

  @Test
  void theNextStringIsNoNeighbour() {
    assertThat(fixture.at(9, 100).at(10, 100).launch().hlcCount()).isZero();
  }

  @Test
  void aSensorDoesNotConfirmItself() {
    var launches = fixture.at(3, 100).at(3, 900).launch();

    assertThat(launches.count()).isOne();
    assertThat(launches.hlcCount()).isZero();
  }

  @Test
  void aSensorLaunchesAgainWhenItsLaunchIsOver() {
    var launches = fixture.at(3, 100).at(3, 6_400).at(3, 6_600).launch();

    assertThat(launches.count()).isEqualTo(2);
    assertThat(launches.timeNs(1)).isEqualTo(6_600);
    assertThat(launches.firstPhoton(1)).isEqualTo(2);
  }
}
