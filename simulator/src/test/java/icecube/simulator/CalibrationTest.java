// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final Simulator SIMULATOR =
      new Simulator(SimulationSettings.of(1), IceCube86.geometry());

  private static CalibrationRow row(List<CalibrationRow> rows, String quantity) {
    return rows.stream().filter(r -> r.quantity().equals(quantity)).findFirst().orElseThrow();
  }

  /** An event of {@code count} pulses, 100 ns apart, of which every second is auxiliary. */
  private static SimulatedEvent event(int count, float chargePe) {
    int[] sensorId = new int[count];
    float[] timeNs = new float[count];
    float[] charge = new float[count];
    boolean[] auxiliary = new boolean[count];
    for (int pulse = 0; pulse < count; pulse++) {
      sensorId[pulse] = pulse * 60;
      timeNs[pulse] = 6_000 + 100 * pulse;
      charge[pulse] = chargePe;
      auxiliary[pulse] = pulse % 2 == 1;
    }
    return new SimulatedEvent(
        new Event(1, PulseSeries.of(sensorId, timeNs, charge, auxiliary)),
        new Direction(0, 0, 1),
        100,
        Topology.TRACK);
  }

  @Test
  void everyNumberIsCountedAsItsNameSays() {
    var sums = new CalibrationSums(IceCube86.geometry(), 3);
    sums.add(event(10, 1.025f));
    sums.add(event(20, 2.775f));
    sums.add(event(30, 2.775f));
    var rows = sums.rows();

    assertThat(row(rows, "pulses p50").simulated()).isEqualTo(20);
    assertThat(row(rows, "pulses, mean").simulated()).isEqualTo(20);
    assertThat(row(rows, "duration p50, ns").simulated()).isEqualTo(1_900);
    assertThat(row(rows, "auxiliary share of all pulses").simulated()).isEqualTo(0.5);
    assertThat(row(rows, "charge p25, p.e.").simulated()).isCloseTo(2.775, within(1e-9));
    assertThat(row(rows, "charge, mean, p.e.").simulated()).isCloseTo(2.483, within(1e-3));
    assertThat(row(rows, "first pulse p25, ns").simulated()).isEqualTo(6_000);
    assertThat(row(rows, "zenith p75, rad").simulated()).isEqualTo(0);
    // Pulse k is of string k's uppermost sensor: a level line, a right angle from the zenith.
    assertThat(row(rows, "plain line fit, mean error, rad").simulated())
        .isCloseTo(Math.PI / 2, within(0.05));
  }

  @Test
  void limitsAreTenPercentAndAQuarterInTheFarTail() {
    var rows = Calibration.of(SIMULATOR, 10, 1).rows();

    assertThat(row(rows, "pulses p50").low()).isCloseTo(56.7, within(1e-9));
    assertThat(row(rows, "pulses p99").high()).isCloseTo(1_412.5, within(1e-9));
    assertThat(row(rows, "pulses p99.9").low()).isNull();
    assertThat(row(rows, "duration p95, ns").high()).isCloseTo(19_285.2, within(1e-6));
    assertThat(row(rows, "plain line fit, mean error, rad").low()).isCloseTo(1.167, within(1e-9));
  }

  @Test
  void aRowHoldsBetweenItsLimitsAndAlwaysWithoutThem() {
    assertThat(CalibrationRow.within("x", 100, 90, 0.1).holds()).isTrue();
    assertThat(CalibrationRow.within("x", 100, 110, 0.1).holds()).isTrue();
    assertThat(CalibrationRow.within("x", 100, 89.9, 0.1).holds()).isFalse();
    assertThat(CalibrationRow.within("x", 100, Double.NaN, 0.1).holds()).isFalse();
    assertThat(CalibrationRow.watched("x", 100, 500).holds()).isTrue();
    assertThatThrownBy(() -> new CalibrationRow("x", 1, 1, 0.5, null))
        .hasMessage("limits: 0.5..null (expected: both, or none)");
  }

  @Test
  void oneNumberOutOfItsLimitsFailsTheWhole() {
    var good = CalibrationRow.within("good", 1, 1, 0.1);
    var bad = CalibrationRow.within("bad", 1, 2, 0.1);

    assertThat(new Calibration(1, 1, List.of(good, good)).holds()).isTrue();
    var calibration = new Calibration(1, 1, List.of(good, bad));
    assertThat(calibration.holds()).isFalse();
    assertThat(calibration.toTable().lines())
        .anySatisfy(line -> assertThat(line).startsWith("good").endsWith("yes"))
        .anySatisfy(line -> assertThat(line).startsWith("bad").endsWith("NO"));
  }

  @Test
  void theResultDoesNotDependOnTheThreads() {
    assertThat(Calibration.of(SIMULATOR, 200, 3)).isEqualTo(Calibration.of(SIMULATOR, 200, 1));
  }

  @Test
  void countsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> Calibration.of(SIMULATOR, 0, 1))
        .hasMessage("events: 0 (expected: 1..2000000)");
    assertThatThrownBy(() -> Calibration.of(SIMULATOR, Calibration.EVENT_COUNT_MAX + 1, 1))
        .hasMessage("events: 2000001 (expected: 1..2000000)");
  }
}
