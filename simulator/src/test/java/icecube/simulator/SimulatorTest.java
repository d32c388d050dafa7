// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.EventDefect;
import icecube.physics.IceCube86;
import org.junit.jupiter.api.Test;

class SimulatorTest {
  private static final long SEED = 1;

  private final Simulator simulator =
      new Simulator(SimulationSettings.of(SEED), IceCube86.geometry());

  @Test
  void anEventIsAPureFunctionOfSeedAndIndex() {
    var forward = simulator.event(17);
    simulator.event(3);
    var again = new Simulator(SimulationSettings.of(SEED), IceCube86.geometry()).event(17);

    assertThat(simulator.event(17)).isEqualTo(forward).isEqualTo(again);
    assertThat(forward.event().id()).isEqualTo(18);
  }

  @Test
  void anotherSeedMakesOtherEvents() {
    var other = new Simulator(SimulationSettings.of(SEED + 1), IceCube86.geometry());

    assertThat(other.event(0).event().pulses()).isNotEqualTo(simulator.event(0).event().pulses());
  }

  @Test
  void everyEventIsSound() {
    for (long index = 0; index < 3_000; index++) {
      var pulses = simulator.event(index).event().pulses();
      assertThat(EventDefect.find(pulses, IceCube86.geometry())).as("event %d", index).isEmpty();
    }
  }

  @Test
  void aNegativeIndexIsRefused() {
    assertThatThrownBy(() -> simulator.event(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("index: -1 (expected: 0..9223372036854775806)");
  }
}
