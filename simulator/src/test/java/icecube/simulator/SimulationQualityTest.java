// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.physics.FeatureBuilder;
import icecube.physics.IceCube86;
import icecube.physics.LineFit;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** The default events (seed 1) lie near those of the competition's training batch 1. */
class SimulationQualityTest {
  private static final int COUNT = 3_000;
  private static final SimulatedEvent[] EVENTS = events();

  private static SimulatedEvent[] events() {
    var simulator = new Simulator(SimulationSettings.of(1), IceCube86.geometry());
    var events = new SimulatedEvent[COUNT];
    Arrays.setAll(events, simulator::event);
    return events;
  }

  private static double quantile(double share, ToDoubleFunction<SimulatedEvent> measure) {
    return Arrays.stream(EVENTS).mapToDouble(measure).sorted().toArray()[(int) (share * COUNT)];
  }

  @Test
  void pulseCountsAreNearTheRealOnes() {
    ToDoubleFunction<SimulatedEvent> pulses = e -> e.event().pulses().count();

    assertThat(quantile(0.05, pulses)).as("real: 36").isBetween(28.0, 42.0);
    assertThat(quantile(0.25, pulses)).as("real: 48").isBetween(40.0, 54.0);
    assertThat(quantile(0.50, pulses)).as("real: 63").isBetween(55.0, 72.0);
    assertThat(quantile(0.75, pulses)).as("real: 89").isBetween(80.0, 120.0);
    assertThat(quantile(0.95, pulses)).as("real: 219").isBetween(170.0, 330.0);
  }

  @Test
  void durationsAndNoiseAreNearTheRealOnes() {
    assertThat(quantile(0.5, SimulationReport::durationNs))
        .as("real: 10,965")
        .isBetween(10_200.0, 11_500.0);
    assertThat(quantile(0.5, e -> SimulationReport.auxiliaryCount(e) / e.event().pulses().count()))
        .as("real: about 0.60")
        .isBetween(0.52, 0.68);
    assertThat(quantile(0.5, e -> e.event().pulses().timeNs(0)))
        .as("real: 6,129")
        .isBetween(6_080.0, 6_200.0);
  }

  @Test
  void theFirstCoincidentPulseStandsAtTheTrigger() {
    assertThat(quantile(0.05, SimulationReport::firstCoincidentNs)).isBetween(9_863.0, 9_868.0);
    assertThat(quantile(0.95, SimulationReport::firstCoincidentNs)).isBetween(9_880.0, 9_888.0);
  }

  @Test
  void theLineFitFindsTheTruthAsWellAsInRealData() {
    double improved = error(LineFit.improved(), COUNT);
    double plain = error(LineFit.plain(), COUNT);

    assertThat(improved).isBetween(1.0, 1.3);
    assertThat(plain).as("1.217 in batch 1").isBetween(1.05, 1.3);
    assertThat(improved).isLessThan(plain - 0.02);
  }

  private static double error(LineFit fit, int count) {
    var builder = new FeatureBuilder(IceCube86.geometry(), FeatureBuilder.ROW_COUNT_MAX);
    double sum = 0;
    for (int index = 0; index < count; index++) {
      var table = builder.build(List.of(EVENTS[index].event()));
      var direction = fit.fit(table, 0).orElse(new Direction(1, 0, 0));
      sum += AngularError.betweenRad(direction, EVENTS[index].truth());
    }
    return sum / count;
  }
}
