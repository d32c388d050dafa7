// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.stream.EventLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The short form of the proof; {@link SimulatedRun} is the long one. A failing seed is repeated,
 * and tells all it does, with {@code SimulatedRun --seed N}.
 */
class SimulationTest {
  private static final long SEEDS = 500;

  @BeforeAll
  static void quiet() {
    Quiet.begin();
  }

  @Test
  void everyPromiseHoldsUnderEverySeed() {
    var report = SimulatedRun.run(1, SEEDS, 2);
    System.out.print(report.toText());
    assertThat(report.violations()).isEmpty();
    assertThat(report.keptCount()).isEqualTo(SEEDS);
  }

  @Test
  void aRunThatFailsUnexpectedlyIsNotTakenForOneThatKeptItsPromises() {
    var failing =
        new Variant() {
          @Override
          public EventLog server(EventLog log, Dice dice) {
            throw new IllegalStateException("test: a bug of the simulation");
          }
        };
    var report = SimulatedRun.run(7, 3, 2, failing);
    assertThat(report.keptCount()).isZero();
    assertThat(report.violations())
        .hasSize(3)
        .anySatisfy(
            each ->
                assertThat(each)
                    .hasMessageContaining("seed 7: ")
                    .hasMessageContaining("test: a bug of the simulation"));
  }

  @Test
  void theSameSeedDoesTheSame() {
    for (long seed = 1; seed <= 20; seed++) {
      List<String> first = new ArrayList<>();
      List<String> second = new ArrayList<>();
      var outcome = Simulation.runTraced(seed, Variant.NONE, first::add);
      assertThat(Simulation.runTraced(seed, Variant.NONE, second::add)).isEqualTo(outcome);
      assertThat(second).isEqualTo(first);
      assertThat(Simulation.run(seed, Variant.NONE)).as("untold").isEqualTo(outcome);
    }
  }

  @Test
  void anotherSeedDoesSomethingElse() {
    assertThat(Simulation.run(1, Variant.NONE).fingerprint())
        .isNotEqualTo(Simulation.run(2, Variant.NONE).fingerprint());
  }

  @Test
  void aBrokenPromiseNamesItsSeed() {
    assertThatThrownBy(
            () -> {
              for (long seed = 1; seed <= 100; seed++) {
                Simulation.run(seed, PlantedBugs.noPendingCheck());
              }
            })
        .isInstanceOf(Violation.class)
        .hasMessageStartingWith("seed ");
  }

  @Test
  void argumentsThatItDoesNotKnowAreRefused() {
    assertThatThrownBy(() -> SimulatedRun.main(new String[] {"--sead", "1"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("--sead (expected: ");
    assertThatThrownBy(() -> SimulatedRun.main(new String[] {"--seed"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--seed: no value (expected: a number)");
    assertThatThrownBy(() -> SimulatedRun.main(new String[] {"--threads", "0"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--threads: 0 (expected: at least 1)");
    assertThatThrownBy(() -> SimulatedRun.main(new String[] {"--seeds", "0"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--seeds: 0 (expected: at least 1)");
  }
}
