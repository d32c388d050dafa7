// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.IceCube86;
import org.junit.jupiter.api.Test;

/** Slot s·20 + d is sensor d of string s; strings stand 125 m apart, sensors 17 m. */
class TriggerLogicTest {
  private final PulseFixture fixture = new PulseFixture(DetectorFixtures.grid(4, 20));

  /** Pairs of neighbours, each on its own far string and microsecond: HLC, but nothing local. */
  private void addPairs(int pairs, double stepNs) {
    int[] strings = {0, 15, 3, 12};
    for (int pair = 0; pair < pairs; pair++) {
      fixture.at(strings[pair] * 20, pair * stepNs).at(strings[pair] * 20 + 1, pair * stepNs);
    }
  }

  @Test
  void nothingFiresOnNothing() {
    assertThat(fixture.fires()).isFalse();
  }

  @Test
  void eightCoincidentLaunchesInFiveMicrosecondsFire() {
    addPairs(4, 1_600);

    assertThat(fixture.fires()).isTrue();
    assertThat(fixture.trigger.firstNs()).isEqualTo(0);
    assertThat(fixture.trigger.lastNs()).isEqualTo(4_800);
  }

  @Test
  void eightInMoreThanFiveMicrosecondsDoNot() {
    addPairs(4, 1_700);

    assertThat(fixture.fires()).isFalse();
  }

  @Test
  void sixFarApartDoNot() {
    addPairs(3, 1_100);

    assertThat(fixture.fires()).isFalse();
  }

  @Test
  void fiveOfSevenSensorsOfAStringFire() {
    fixture.at(2, 0).at(3, 300).at(5, 700).at(6, 1_050).at(8, 1_500);

    assertThat(fixture.fires()).isTrue();
    assertThat(fixture.trigger.firstNs()).isEqualTo(0);
    assertThat(fixture.trigger.lastNs()).isEqualTo(1_500);
  }

  @Test
  void fiveOfSevenSensorsTooSlowlyDoNot() {
    fixture.at(2, 0).at(3, 500).at(5, 1_000).at(6, 1_505).at(8, 2_010);

    assertThat(fixture.fires()).isFalse();
  }

  @Test
  void fourLaunchesInAVolumeFire() {
    fixture.at(2, 0).at(3, 100).at(22, 600).at(23, 1_000);

    assertThat(fixture.fires()).isTrue();
    assertThat(fixture.trigger.lastNs()).isEqualTo(1_000);
  }

  @Test
  void fourLaunchesOnFarStringsDoNot() {
    fixture.at(2, 0).at(3, 100).at(3 * 20 + 2, 600).at(3 * 20 + 3, 900);

    assertThat(fixture.fires()).isFalse();
  }

  @Test
  void launchesWithoutCoincidenceDoNotCount() {
    for (int launch = 0; launch < 12; launch++) {
      fixture.at(launch * 20 + 5 * (launch % 3), 100.0 * launch);
    }

    assertThat(fixture.fires()).isFalse();
  }

  @Test
  void aLaterTriggerStretchesTheSpan() {
    fixture.at(2, 0).at(3, 100).at(22, 600).at(23, 1_000);
    fixture.at(12, 9_000).at(13, 9_100).at(32, 9_600).at(33, 9_900);

    assertThat(fixture.fires()).isTrue();
    assertThat(fixture.trigger.firstNs()).isEqualTo(0);
    assertThat(fixture.trigger.lastNs()).isEqualTo(9_900);
  }

  /** The DeepCore string 81 starts at slot 80 · 60; its sensors 30.. lie below the dust. */
  @Test
  void threeCoincidentLaunchesInTheCoreFireWithinItsWindow() {
    int deep = 80 * 60 + 30;
    for (double lastNs : new double[] {2_400, 2_600}) {
      var core = new PulseFixture(IceCube86.geometry());
      // The third coincides with a fourth outside the core's window: three or two in 2.5 µs.
      core.at(deep, 0).at(deep + 1, 100).at(deep + 20, lastNs).at(deep + 21, lastNs + 700);

      assertThat(core.fires()).as("last at %s ns", lastNs).isEqualTo(lastNs < 2_500);
    }
  }

  @Test
  void threeCoincidentLaunchesOutsideTheCoreDoNotFire() {
    var edge = new PulseFixture(IceCube86.geometry());
    edge.at(30, 0).at(31, 100).at(32, 200);

    assertThat(edge.fires()).isFalse();
  }
}
