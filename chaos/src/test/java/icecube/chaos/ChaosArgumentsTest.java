// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChaosArgumentsTest {
  @Test
  void nothingAskedForIsOneSeedOfGroupA() {
    var arguments = ChaosArguments.parse();
    assertThat(arguments.breakage()).isEqualTo(Breakage.NONE);
    assertThat(arguments.plans()).hasSize(1);
    SeedPlan plan = arguments.plans().get(0);
    assertThat(plan.fsync()).isEqualTo("always");
    assertThat(plan.events()).isEqualTo(60_000);
    assertThat(plan.kinds()).isEqualTo(FaultKind.parse("kc,km,ke,stop,kr"));
  }

  @Test
  void groupBAlternatesBetweenFsyncModes() {
    assertThat(ChaosArguments.parse("--group", "B", "--seeds", "1-4").plans())
        .extracting(SeedPlan::fsync)
        .containsExactly("always", "everysec", "always", "everysec");
  }

  @Test
  void shortSuiteHasOneSeedOfEachOfTheFirstGroups() {
    assertThat(ChaosArguments.parse("--suite", "short").plans())
        .extracting(SeedPlan::group)
        .containsExactly("A", "B", "C");
  }

  @Test
  void fullSuiteHasTenSeedsOfEachOfTheFirstGroupsAndThreeOfTheOthers() {
    var plans = ChaosArguments.parse("--suite", "full").plans();
    assertThat(plans).filteredOn(plan -> plan.group().equals("A")).hasSize(10);
    assertThat(plans).filteredOn(plan -> plan.group().equals("B")).hasSize(10);
    assertThat(plans).filteredOn(plan -> plan.group().equals("C")).hasSize(10);
    assertThat(plans).filteredOn(plan -> plan.group().equals("D")).hasSize(3);
    assertThat(plans)
        .filteredOn(plan -> plan.group().equals("K"))
        .hasSize(3)
        .allSatisfy(plan -> assertThat(plan.killerCount()).isEqualTo(12));
  }

  @Test
  void commandOfAPlanMakesThePlanAgain() {
    for (SeedPlan plan : ChaosArguments.parse("--suite", "full").plans()) {
      String[] words = plan.command().split(" ", -1);
      assertThat(words[0]).isEqualTo("chaos/run");
      assertThat(ChaosArguments.parse(Arrays.copyOfRange(words, 1, words.length)).plans())
          .containsExactly(plan);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--seed, 1, --seed: unknown",
    "--seeds, 3-1, --seeds: 3-1",
    "--seeds, x, --seeds: x",
    "--group, Z, --group: Z",
    "--suite, long, --suite: long",
    "--fsync, never, --fsync: never",
    "--events, 1, --events: 1",
    "--consumers, 0, --consumers: 0",
    "--break, all, --break: all",
  })
  void nonsenseIsRefusedWithWhatIsExpected(String flag, String value, String message) {
    assertThatThrownBy(() -> ChaosArguments.parse(flag, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining("(expected: ");
  }

  @Test
  void flagWithoutValueIsRefused() {
    assertThatThrownBy(() -> ChaosArguments.parse("--seeds"))
        .hasMessage("--seeds: no value (expected: one)");
  }

  @Test
  void killersAreAtMostOneEventInAHundred() {
    assertThatThrownBy(
            () ->
                new SeedPlan(
                    "K",
                    1,
                    Set.of(),
                    "always",
                    1_000,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    2,
                    11))
        .hasMessageContaining("--killers: 11");
  }
}
