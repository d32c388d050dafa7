// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PandelPulsesTest {
  @Test
  void aSensorHasTheTimeOfItsFirstPulseAndTheChargeOfAll() {
    var rows = fiveSensors();
    rows.add(100, 0, 0, 40, 3).add(100, 0, 0, 7_000, 1.5);

    var pulses = PandelPulses.of(rows.table(), 0).orElseThrow();

    assertThat(pulses.count()).isEqualTo(5);
    assertThat(pulses.timeNs(1)).isCloseTo(40, within(1e-2));
    assertThat(pulses.chargePe(1)).isCloseTo(5.5, within(1e-4));
    assertThat(pulses.chargePe(0)).isCloseTo(1, within(1e-4));
    for (int sensor = 0; sensor < 5; sensor++) {
      assertThat(pulses.xMeters(sensor)).isCloseTo(100 * sensor, within(1e-4));
    }
  }

  private static Rows fiveSensors() {
    var rows = new Rows();
    for (int sensor = 0; sensor < 5; sensor++) {
      rows.add(100 * sensor, 0, 0, 100 + 300 * sensor, 1);
    }
    return rows;
  }

  @Test
  void auxiliaryPulsesCountOnlyWhereTheOthersAreTooFew() {
    assertThat(PandelPulses.of(fiveSensors().add(0, 0, 90, 5, 1, true).table(), 0))
        .hasValueSatisfying(pulses -> assertThat(pulses.count()).isEqualTo(5));

    var few = new Rows();
    for (int sensor = 0; sensor < 6; sensor++) {
      few.add(0, 100 * sensor, 0, 100, 1, sensor > 3);
    }
    assertThat(PandelPulses.of(few.table(), 0))
        .hasValueSatisfying(pulses -> assertThat(pulses.count()).isEqualTo(6));
  }

  @Test
  void tooFewSensorsFixNoTrackHoweverManyTheirPulses() {
    var rows = new Rows();
    for (int pulse = 0; pulse < 100; pulse++) {
      rows.add(100 * (pulse % 4), 0, 0, pulse, 1);
    }

    assertThat(PandelPulses.of(rows.table(), 0)).isEmpty();
    assertThat(PandelPulses.of(new Rows().table(), 0)).isEmpty();
  }

  @Test
  void ofManySensorsTheBrightestAreTaken() {
    var rows = new Rows();
    for (int sensor = 0; sensor < 400; sensor++) {
      rows.add(sensor, 0, 0, sensor, sensor % 2 == 0 ? 5 : 1);
    }

    var pulses = PandelPulses.of(rows.table(), 0).orElseThrow();

    assertThat(pulses.count()).isEqualTo(PandelPulses.SENSOR_COUNT_MAX);
    long bright =
        IntStream.range(0, pulses.count()).filter(sensor -> pulses.chargePe(sensor) > 4).count();
    assertThat(bright).isEqualTo(200);
  }

  @Test
  void placesAndTimesOfNoDetectorAreNone() {
    assertThat(PandelPulses.of(fiveSensors().add(1e6, 0, 0, 5, 1).table(), 0)).isEmpty();
    assertThat(PandelPulses.of(fiveSensors().add(9, 0, 0, 1e9, 1).table(), 0)).isEmpty();
  }
}
