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
    var retries = BeatTiming.DEFAULT.retries(random);
    for (long longestMs : new long[] {250, 500, 1000, 2000, 4000, 4000, 4000}) {
      assertThat(retries.next())
          .isBetween(Duration.ofMillis(longestMs / 2), Duration.ofMillis(longestMs));
    }
  }
}
