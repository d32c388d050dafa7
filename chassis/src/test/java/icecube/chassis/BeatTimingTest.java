// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BeatTimingTest {
  private final SplittableRandom random = new SplittableRandom(0x5eed);

  @Test
  void beatsEverySecondWithinATenth() {
    for (int i = 0; i < 1000; i++) {
      assertThat(BeatTiming.DEFAULT.nextPeriodNanos(random))
          .isBetween(Duration.ofMillis(900).toNanos(), Duration.ofMillis(1100).toNanos());
    }
  }

  @Test
  void doublesTheWaitUpToFourSeconds() {
    assertRetryNear(1, 250);
    assertRetryNear(2, 500);
    assertRetryNear(4, 2000);
    assertRetryNear(5, 4000);
    assertRetryNear(6, 4000);
    assertRetryNear(Integer.MAX_VALUE, 4000);
  }

  private void assertRetryNear(int failureCount, long millis) {
    assertThat(BeatTiming.DEFAULT.nextRetryNanos(failureCount, random))
        .isBetween(millis * 900_000, millis * 1_100_000);
  }
}
