// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.IceCube86;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The default events lie near those of the competition's training batch 1: the table of {@code
 * icecube simulate --calibration} in short, with room for the chance of {@value #COUNT} events.
 */
class SimulationQualityTest {
  private static final int COUNT = 6_000;

  private static final Simulator SIMULATOR =
      new Simulator(SimulationSettings.of(1), IceCube86.geometry());

  private static final Calibration CALIBRATION = Calibration.of(SIMULATOR, COUNT, 2);

  private static double ratio(String quantity) {
    return CALIBRATION.rows().stream()
        .filter(row -> row.quantity().equals(quantity))
        .findFirst()
        .orElseThrow()
        .ratio();
  }

  /** The room beyond the limit is three standard deviations of the quantile at this size. */
  @ParameterizedTest
  @CsvSource({
    "'pulses p5', 0.12",
    "'pulses p25', 0.11",
    "'pulses p50', 0.12",
    "'pulses p75', 0.13",
    "'pulses p90', 0.17",
    "'pulses p95', 0.22",
    "'duration p5, ns', 0.10",
    "'duration p25, ns', 0.10",
    "'duration p50, ns', 0.10",
    "'duration p75, ns', 0.11",
    "'duration p90, ns', 0.12",
    "'duration p95, ns', 0.11",
    "'auxiliary share of an event, p50', 0.12",
    "'charge p25, p.e.', 0.13",
    "'charge p50, p.e.', 0.13",
    "'charge p75, p.e.', 0.25",
    "'first pulse p50, ns', 0.02",
    "'zenith p50, rad', 0.05",
    "'plain line fit, mean error, rad', 0.06",
  })
  void theNumbersAreNearThePublishedOnes(String quantity, double room) {
    assertThat(ratio(quantity)).as(quantity).isBetween(1 - room, 1 + room);
  }

  @Test
  void theFarTailIsThere() {
    // 60 events lie beyond; the tail is so flat that their least may be half or twice its mean.
    assertThat(ratio("pulses p99")).isBetween(0.5, 2.0);
  }

  @Test
  void theFirstCoincidentPulseStandsAtTheTrigger() {
    int near = 0;
    for (int index = 0; index < 1_000; index++) {
      var pulses = SIMULATOR.event(index).event().pulses();
      int first = 0;
      while (first < pulses.count() && pulses.auxiliary(first)) {
        first++;
      }
      near += first < pulses.count() && isAtTrigger(pulses.timeNs(first)) ? 1 : 0;
    }

    // A pair of noisy neighbours may coincide before.
    assertThat(near).isGreaterThan(850);
  }

  private static boolean isAtTrigger(double timeNs) {
    return timeNs >= PulseReadout.TRIGGER_NS
        && timeNs <= PulseReadout.TRIGGER_NS + PulseReadout.CLOCK_NS + 1;
  }
}
