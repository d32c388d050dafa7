// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
  private static final Duration WINDOW = Duration.ofSeconds(20);
  private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

  @Test
  void sameSeedThrowsTheSameFaults() {
    assertThat(Schedule.of(7, ALL, WINDOW)).isEqualTo(Schedule.of(7, ALL, WINDOW));
    assertThat(Schedule.of(7, ALL, WINDOW)).isNotEqualTo(Schedule.of(8, ALL, WINDOW));
  }

  @Test
  void everyKindComesInEverySeed() {
    for (long seed = 1; seed <= 100; seed++) {
      Set<FaultKind> kinds =
          Schedule.of(seed, ALL, WINDOW).stream().map(Fault::kind).collect(Collectors.toSet());
      assertThat(kinds).as("seed %d", seed).isEqualTo(ALL);
    }
  }

  @Test
  void faultsLastAsLongAsTheirKindAllowsAndBeginWithinTheWindow() {
    for (long seed = 1; seed <= 100; seed++) {
      List<Fault> faults = Schedule.of(seed, ALL, WINDOW);
      assertThat(faults)
          .as("seed %d", seed)
          .allSatisfy(
              fault -> {
                assertThat(fault.atMillis()).isLessThan(WINDOW.toMillis());
                assertThat(fault.millis())
                    .isBetween(fault.kind().millisMin(), fault.kind().millisMax());
                assertThat(fault.bytes()).isBetween(1, Schedule.CUT_BYTES_MAX);
              });
      assertThat(faults).extracting(Fault::atMillis).isSorted();
    }
  }

  @Test
  void stopOfAConsumerOutlastsItsLease() {
    assertThat(FaultKind.CONSUMER_STOP.millisMin())
        .isGreaterThan((int) (MeshCommands.LEASE_SECONDS * 1e3));
  }

  @Test
  void noKindsAreNoFaults() {
    assertThat(Schedule.of(1, Set.of(), WINDOW)).isEmpty();
  }

  @Test
  void faultRefusesNegativeNumbers() {
    assertThatThrownBy(() -> new Fault(1, FaultKind.FAIL_OVER, 0, -1, 0))
        .hasMessageContaining("expected: no negative number");
  }

  @Test
  void unknownKindIsNamedWithTheKnownOnes() {
    assertThat(FaultKind.parse("kc, fo"))
        .containsExactlyInAnyOrder(FaultKind.CONSUMER_KILL, FaultKind.FAIL_OVER);
    assertThatThrownBy(() -> FaultKind.parse("kc,kx"))
        .hasMessage("--faults: kx (expected: some of kc,km,ke,stop,kr,pl,fo,px,oom,full)");
  }
}
