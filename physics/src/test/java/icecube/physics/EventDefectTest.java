// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventDefectTest {
  private static final DetectorGeometry GEOMETRY = IceCube86.geometry();

  @Test
  void findsNothingInASoundEvent() {
    assertThat(EventDefect.find(pulses(0, 5159, 0f, 100f, 0.025f, 1f), GEOMETRY)).isEmpty();
  }

  @Test
  void allowsPulsesOfTheSameTimeAndTheLatestTime() {
    float latest = EventDefect.TIME_NS_MAX;
    assertThat(EventDefect.find(pulses(1, 1, latest, latest, 1f, 1f), GEOMETRY)).isEmpty();
  }

  @Test
  void refusesAnEventWithoutPulses() {
    assertDefect(PulseSeries.EMPTY, EventDefect.EMPTY, "pulses: 0 (expected: 1..262144)");
  }

  @Test
  void refusesAnEventOfTooManyPulsesAndTakesTheLargestAllowed() {
    assertDefect(
        manyPulses(EventDefect.PULSE_COUNT_MAX + 1),
        EventDefect.TOO_LARGE,
        "pulses: 262145 (expected: 1..262144)");
    assertThat(EventDefect.find(manyPulses(EventDefect.PULSE_COUNT_MAX), GEOMETRY)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 5160, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void refusesASensorTheGeometryLacks(int sensorId) {
    assertDefect(
        pulses(0, sensorId, 0f, 1f, 1f, 1f),
        EventDefect.SENSOR_UNKNOWN,
        "sensor_id: "
            + sensorId
            + " of pulse 1 (expected: 0..5159); check that --geometry matches the data set");
  }

  @ParameterizedTest
  @ValueSource(floats = {-1f, 16777218f, Float.NaN, Float.POSITIVE_INFINITY})
  void refusesATimeOutOfRange(float timeNs) {
    assertDefect(
        pulses(0, 1, 0f, timeNs, 1f, 1f),
        EventDefect.TIME_OUT_OF_RANGE,
        "time: " + timeNs + " ns of pulse 1 (expected: 0..16777216, relative to the event)");
  }

  @Test
  void refusesAPulseEarlierThanTheOneBefore() {
    assertDefect(
        pulses(0, 1, 10f, 9f, 1f, 1f),
        EventDefect.TIME_UNSORTED,
        "time: 9.0 ns of pulse 1 after 10.0 ns (expected: pulses sorted by time)");
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, -0.5f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void refusesAChargeThatIsNotAboveZero(float chargePe) {
    assertDefect(
        pulses(0, 1, 0f, 1f, 1f, chargePe),
        EventDefect.CHARGE_OUT_OF_RANGE,
        "charge: " + chargePe + " p.e. of pulse 1 (expected: finite and above 0)");
  }

  @Test
  void namesTheFirstDefectInTheOrderOfTheConstants() {
    var allWrong = pulses(-1, -1, -1f, -2f, 0f, 0f);
    assertThat(EventDefect.find(allWrong, GEOMETRY).orElseThrow().defect())
        .isEqualTo(EventDefect.SENSOR_UNKNOWN);
    assertThat(EnumSet.allOf(EventDefect.class)).hasSize(6);
  }

  private static void assertDefect(PulseSeries pulses, EventDefect defect, String message) {
    assertThat(EventDefect.find(pulses, GEOMETRY))
        .contains(new EventDefect.Finding(defect, message));
  }

  private static PulseSeries pulses(
      int sensor0, int sensor1, float time0, float time1, float charge0, float charge1) {
    return PulseSeries.of(
        new int[] {sensor0, sensor1},
        new float[] {time0, time1},
        new float[] {charge0, charge1},
        new boolean[2]);
  }

  private static PulseSeries manyPulses(int count) {
    float[] charges = new float[count];
    Arrays.fill(charges, 1);
    return PulseSeries.of(new int[count], new float[count], charges, new boolean[count]);
  }
}
