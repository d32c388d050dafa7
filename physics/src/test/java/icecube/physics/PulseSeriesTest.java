// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PulseSeriesTest {
  private static final int[] SENSORS = {3, 1, 2};
  private static final float[] TIMES = {10, 20, 30};
  private static final float[] CHARGES = {0.5f, 1.5f, 2.5f};
  private static final boolean[] AUXILIARY = {true, false, true};

  @Test
  void givesBackWhatWasRecorded() {
    var pulses = PulseSeries.of(SENSORS, TIMES, CHARGES, AUXILIARY);

    assertThat(pulses.count()).isEqualTo(3);
    assertThat(pulses.sensorId(1)).isEqualTo(1);
    assertThat(pulses.timeNs(1)).isEqualTo(20);
    assertThat(pulses.chargePe(1)).isEqualTo(1.5f);
    assertThat(pulses.auxiliary(1)).isFalse();
    assertThat(pulses.auxiliary(2)).isTrue();
  }

  @Test
  void staysAsItWasWhenTheCallersColumnsChange() {
    int[] sensors = SENSORS.clone();
    var pulses = PulseSeries.of(sensors, TIMES, CHARGES, AUXILIARY);

    sensors[0] = 99;

    assertThat(pulses.sensorId(0)).isEqualTo(3);
  }

  @Test
  void copiesOneEventOutOfLongerColumns() {
    var pulses = PulseSeries.copyOf(SENSORS, TIMES, CHARGES, AUXILIARY, 1, 3);

    assertThat(pulses.count()).isEqualTo(2);
    assertThat(pulses.sensorId(0)).isEqualTo(1);
    assertThat(PulseSeries.copyOf(SENSORS, TIMES, CHARGES, AUXILIARY, 3, 3))
        .isEqualTo(PulseSeries.EMPTY);
  }

  @Test
  void refusesColumnsOfDifferentLengths() {
    assertThatThrownBy(() -> PulseSeries.of(SENSORS, new float[2], CHARGES, AUXILIARY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "pulse columns: sensor_id 3, time 2, charge 3, auxiliary 3 (expected: equal lengths)");
  }

  @Test
  void refusesARangeOutsideAnyColumn() {
    float[] shortColumn = {1, 2};
    assertThatThrownBy(() -> PulseSeries.copyOf(SENSORS, TIMES, shortColumn, AUXILIARY, 0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("pulses: 0..3 (expected: within 0..2)");
    assertThatThrownBy(() -> PulseSeries.copyOf(SENSORS, TIMES, CHARGES, AUXILIARY, -1, 2))
        .hasMessage("pulses: -1..2 (expected: within 0..3)");
    assertThatThrownBy(() -> PulseSeries.copyOf(SENSORS, TIMES, CHARGES, AUXILIARY, 2, 1))
        .hasMessage("pulses: 2..1 (expected: within 0..3)");
  }

  @Test
  void equalsASeriesOfTheSamePulsesOnly() {
    var pulses = PulseSeries.of(SENSORS, TIMES, CHARGES, AUXILIARY);

    assertThat(pulses)
        .isEqualTo(PulseSeries.of(SENSORS, TIMES, CHARGES, AUXILIARY))
        .hasSameHashCodeAs(PulseSeries.of(SENSORS, TIMES, CHARGES, AUXILIARY))
        .isNotEqualTo(PulseSeries.of(SENSORS, TIMES, CHARGES, new boolean[3]))
        .isNotEqualTo(PulseSeries.of(SENSORS, TIMES, TIMES, AUXILIARY))
        .isNotEqualTo(PulseSeries.of(SENSORS, CHARGES, CHARGES, AUXILIARY))
        .isNotEqualTo(PulseSeries.of(new int[3], TIMES, CHARGES, AUXILIARY))
        .isNotEqualTo("pulses")
        .hasToString("PulseSeries[count=3]");
  }
}
