// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The checkers are checked: each mistake is found, and within how many seeds. */
class PlantedBugsTest {
  @BeforeAll
  static void quiet() {
    Quiet.begin();
  }

  static Stream<Arguments> bugs() {
    return Stream.of(
        Arguments.of("no pending check", PlantedBugs.noPendingCheck(), 100),
        Arguments.of("no gap check", PlantedBugs.noGapCheck(), 100),
        Arguments.of("publish in two steps", PlantedBugs.publishInTwoSteps(), 100),
        Arguments.of("emitter trusts its memory", PlantedBugs.emitterTrustsItsMemory(), 100),
        Arguments.of("claim that steals", PlantedBugs.claimThatSteals(), 100),
        Arguments.of("renew that steals", PlantedBugs.renewThatSteals(), 100),
        Arguments.of("blame by deliveries", PlantedBugs.blameByDeliveries(), 100),
        Arguments.of("remainders forgotten", PlantedBugs.remaindersForgotten(), 100),
        Arguments.of("redrive leaves letters", PlantedBugs.redriveLeavesLetters(), 100));
  }

  @ParameterizedTest(name = "{0} is found within {2} seeds")
  @MethodSource("bugs")
  void aPlantedBugIsFound(String name, Variant bug, int seedsMax) {
    long seed = 1;
    String found = "";
    while (found.isEmpty() && seed <= seedsMax) {
      try {
        Simulation.run(seed, bug);
        seed++;
      } catch (Violation e) {
        found = String.valueOf(e.getMessage());
      }
    }
    assertThat(found).as("%s, seeds 1..%d", name, seedsMax).isNotEmpty();
    System.out.printf("%s: %s%n", name, found);
  }
}
