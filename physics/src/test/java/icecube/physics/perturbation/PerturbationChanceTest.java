// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What chance of one event has to do with that of others: nothing. */
final class PerturbationChanceTest {
  private static final int NUMBER_COUNT = 32;

  /** Leaves events as they are and keeps the numbers it was given. */
  private static final class Listening implements Perturbation {
    private final Set<Long> seen = new HashSet<>();

    @Override
    public String name() {
      return "none";
    }

    @Override
    public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
      random.longs(NUMBER_COUNT).forEach(seen::add);
      return pulses;
    }
  }

  @Test
  void noEventHasTheNumbersOfAnotherNotEvenShifted() {
    Event event =
        new Event(1, PulseSeries.of(new int[1], new float[1], new float[] {1}, new boolean[1]));
    for (long seed : new long[] {0, 1, 2, 7, -1}) {
      var listening = new Listening();
      for (long id = 0; id < 2_000; id++) {
        listening.perturb(new Event(id, event.pulses()), seed);
      }
      assertThat(listening.seen).as("seed %s", seed).hasSize(2_000 * NUMBER_COUNT);
    }
  }

  @Test
  void anotherSeedGivesOtherNumbers() {
    Event event =
        new Event(5, PulseSeries.of(new int[1], new float[1], new float[] {1}, new boolean[1]));
    var listening = new Listening();
    for (long seed = -50; seed < 50; seed++) {
      listening.perturb(event, seed);
    }
    assertThat(listening.seen).hasSize(100 * NUMBER_COUNT);
  }
}
