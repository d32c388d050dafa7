// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ModelPaceTest {
  private final ModelPace pace = new ModelPace();

  @Test
  void nothingIsPromisedBeforeARoundWasSeen() {
    pace.saw(0, 1_000);

    assertThat(pace.nanosFor(1_000)).isZero();
  }

  @Test
  void theFirstRoundIsBelievedAndLaterOnesMoveItByATenth() {
    pace.saw(100, 1_000);
    assertThat(pace.nanosFor(50)).isEqualTo(500);

    pace.saw(100, 2_000);
    assertThat(pace.nanosFor(100)).isCloseTo(1_100, within(1L));
  }

  @Test
  void aChangeIsFollowed() {
    pace.saw(1, 1_000);
    for (int round = 0; round < 100; round++) {
      pace.saw(1, 10);
    }

    assertThat(pace.nanosFor(1)).isBetween(9L, 11L);
  }
}
