// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class KillersTest {
  @Test
  void areDrawnFromTheEventsBySeed() {
    Killers killers = Killers.drawn(3, 12, 36_000);
    assertThat(killers).isEqualTo(Killers.drawn(3, 12, 36_000));
    assertThat(killers).isNotEqualTo(Killers.drawn(4, 12, 36_000));
    assertThat(killers.eventIds()).hasSize(12).allMatch(id -> id >= 1 && id <= 36_000);
  }

  @Test
  void travelAsText() {
    assertThat(Killers.parse(new Killers(Set.of(9L, 4L)).toText()).eventIds())
        .containsExactlyInAnyOrder(4L, 9L);
    assertThat(Killers.parse("").eventIds()).isEmpty();
  }
}
