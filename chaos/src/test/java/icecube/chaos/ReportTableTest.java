// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportTableTest {
  @Test
  void groupsAreAddedUpAndTheWorstIsShown() {
    String table = ReportTable.of(List.of(report(1, 2.5), report(2, 1.5)));
    assertThat(table)
        .endsWith(
            "| A | always | 2 | 120,000 | 8 | 4 | 2,000 B | 0 | 0 | 0 | 0 | 0 | 61 | 2.5 s |\n");
  }

  @Test
  void lineSaysWhatWasThrownAndWhatIsWrong() {
    assertThat(report(1, 2.5).toLine())
        .isEqualTo(
            "A seed 1 fsync always: 60,000 events, faults kc 3 kr 1, redis killed 2, log lost 1,000"
                + " B, backlog <= 61, lost 0, doubled 0, wrong dead 0, dead 0, redriven 0, drained"
                + " 2.5 s: VIOLATED\n"
                + "  lost: 1");
  }

  @Test
  void plantedBreakageHasToBeFoundAndNothingElseTakenForIt() {
    assertThat(Breakage.LOSE.isAsExpected(report(1, 2.5))).isTrue();
    assertThat(Breakage.DOUBLE.isAsExpected(report(1, 2.5))).isFalse();
    assertThat(Breakage.NONE.isAsExpected(report(1, 2.5))).isFalse();
  }

  private static SeedReport report(long seed, double drainSeconds) {
    return new SeedReport(
        "A",
        seed,
        "always",
        60_000,
        Map.of(FaultKind.CONSUMER_KILL, 3, FaultKind.REDIS_KILL, 1),
        0,
        2,
        1_000,
        61,
        0,
        0,
        0,
        0,
        0,
        drainSeconds,
        List.of("lost: 1"));
  }
}
