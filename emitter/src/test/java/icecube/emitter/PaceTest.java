// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final FakeTime time = new FakeTime(1, () -> {});

  @Test
  void withoutAPaceNothingWaits() {
    var pace = new Pace(0, time);
    pace.passed(1_000_000);
    assertThat(pace.untilNext()).isZero();
  }

  @Test
  void theFirstEventMayGoAtOnceAndTheNextWaitForTheirTurn() {
    var pace = new Pace(100, time);
    assertThat(pace.untilNext()).isZero();
    pace.passed(32);
    assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(320));
  }

  @Test
  void aShortDelayIsCaughtUp() throws Exception {
    var pace = new Pace(100, time);
    pace.passed(10);
    time.pause(Duration.ofMillis(500));
    assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(-400));
  }

  @Test
  void ofALongDelayOnlyOneSecondIsCaughtUp() throws Exception {
    var pace = new Pace(100, time);
    time.pause(Duration.ofSeconds(60));
    assertThat(pace.untilNext()).isZero();
    pace.passed(100);
    assertThat(pace.untilNext()).isZero();
    pace.passed(1);
    assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(10));
  }
}
