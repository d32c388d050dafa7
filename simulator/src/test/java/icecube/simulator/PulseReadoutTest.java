// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PulseReadoutTest {
  private final PulseFixture fixture = new PulseFixture(DetectorFixtures.grid(2, 10));

  @ParameterizedTest
  @CsvSource({
    "0, 0.025",
    "0.049, 0.025",
    "0.051, 0.075",
    "1, 1.025",
    "1.3250000477, 1.325",
    "1e9, 2750.025"
  })
  void chargeComesInSteps(double charge, float recorded) {
    assertThat(PulseReadout.quantise(charge)).isEqualTo(recorded);
  }

  @Test
  void theTriggerStandsAtItsPlace() {
    var pulses = fixture.at(3, 12_345).at(4, 12_400).read(12_345, 12_400);

    assertThat(pulses.count()).isEqualTo(2);
    assertThat(pulses.timeNs(0)).isEqualTo(9_863);
    assertThat(pulses.timeNs(1)).isEqualTo(9_918);
    assertThat(pulses.auxiliary(0)).isFalse();
  }

  @Test
  void theWindowEndsFourMicrosecondsBeforeAndSixAfter() {
    var pulses =
        fixture
            .at(3, 0)
            .at(3, 6_500)
            .at(8, -4_001)
            .at(13, -3_999)
            .at(18, 5_999)
            .at(10, 6_001)
            .read(0, 0);

    assertThat(pulses.count()).isEqualTo(3);
    assertThat(pulses.timeNs(0)).isEqualTo(9_863 - 3_999);
    assertThat(pulses.timeNs(2)).isEqualTo(9_863 + 5_999);
  }

  @Test
  void aCoincidentLaunchThatBeginsInTheWindowIsReadOutToItsEnd() {
    var pulses = fixture.at(3, 0).at(4, 5).at(4, 6_300).at(8, 6_300).read(0, 5);

    assertThat(pulses.count()).isEqualTo(3);
    assertThat(pulses.timeNs(2)).isEqualTo(9_863 + 6_300);
    assertThat(pulses.sensorId(2)).isEqualTo(4);
  }

  @Test
  void aCoincidentLaunchThatBeginsBeforeTheWindowIsNotReadOut() {
    var pulses = fixture.at(3, 0).at(8, -4_100).at(9, -4_100).at(8, 100).read(0, 0);

    assertThat(pulses.count()).isEqualTo(1);
  }

  @Test
  void pulsesStandInTheOrderOfTime() {
    var pulses = fixture.at(1, 900).at(3, 700).at(12, 100).at(13, 300).at(7, 500).read(100, 900);

    assertThat(pulses.count()).isEqualTo(5);
    for (int pulse = 1; pulse < pulses.count(); pulse++) {
      assertThat(pulses.timeNs(pulse)).isGreaterThan(pulses.timeNs(pulse - 1));
    }
    assertThat(pulses.sensorId(0)).isEqualTo(12);
  }

  @Test
  void nearPhotonsOfACoincidentLaunchBecomeOnePulse() {
    var pulses = fixture.at(3, 0).at(4, 0).at(4, 7).at(4, 9).at(4, 500).at(4, 520).read(0, 0);

    int onFour = 0;
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      onFour += pulses.sensorId(pulse) == 4 ? 1 : 0;
      assertThat(pulses.auxiliary(pulse)).isFalse();
    }
    assertThat(onFour).isEqualTo(3);
  }

  @Test
  void aLaunchWithoutCoincidenceKeepsOnlyStamps() {
    var pulses = fixture.at(4, 0).at(4, 30).at(4, 70).at(4, 300).read(0, 0);

    assertThat(pulses.count()).isEqualTo(2);
    assertThat(pulses.auxiliary(0)).isTrue();
    assertThat(pulses.chargePe(0)).isGreaterThan(pulses.chargePe(1));
    assertThat(pulses.timeNs(1)).isEqualTo(9_863 + 300);
  }
}
