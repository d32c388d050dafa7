// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TriggerTimesTest {
  private static final int COUNT = 100_000;

  @Test
  void theFirstEventIsAtZeroAndNoneIsBeforeItsPredecessor() {
    long[] times = times(1, TriggerTimes.RATE_HZ);
    assertThat(times[0]).isZero();
    assertThat(times).isSorted();
  }

  @Test
  void thePausesAreThoseOfAPoissonProcess() {
    long[] times = times(1, 2_700);
    double meanNs = times[COUNT - 1] / (COUNT - 1.0);
    assertThat(meanNs).isCloseTo(1e9 / 2_700, within(1e9 / 2_700 * 0.01));
    double[] pauses = new double[COUNT - 1];
    for (int event = 1; event < COUNT; event++) {
      pauses[event - 1] = (times[event] - times[event - 1]) / meanNs;
    }
    double variance =
        LongStream.range(0, COUNT - 1)
            .mapToDouble(i -> square(pauses[(int) i] - 1))
            .average()
            .orElseThrow();
    long longer = LongStream.range(0, COUNT - 1).filter(i -> pauses[(int) i] > 1).count();
    assertThat(variance).isCloseTo(1, within(0.03));
    assertThat(longer / (COUNT - 1.0)).isCloseTo(Math.exp(-1), within(0.01));
  }

  @Test
  void theSameSeedHasTheSameTimesOnEveryMachine() {
    assertThat(Arrays.equals(times(7, 2_700), times(7, 2_700))).isTrue();
    assertThat(Arrays.equals(times(7, 2_700), times(8, 2_700))).isFalse();
    assertThat(Arrays.copyOf(times(7, 2_700), 4)).containsExactly(0, 111_265, 142_404, 313_824);
  }

  @Test
  void theyGoOnFromAnyEventWhoseTimeIsKnown() {
    long[] times = times(1, 50);
    var on = TriggerTimes.from(1, 50, 500, times[499]);
    for (int event = 500; event < 600; event++) {
      assertThat(on.nextNs()).isEqualTo(times[event]);
    }
  }

  @Test
  void aRateThatIsNoneIsRefused() {
    for (double rate : new double[] {0, -1, Double.NaN, 1e10}) {
      assertThatThrownBy(() -> TriggerTimes.of(1, rate))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("rate: " + rate + " events/s (expected: above 0, at most 1.0E9)");
    }
    assertThatThrownBy(() -> TriggerTimes.from(1, 1, -1, 0))
        .hasMessage("index: -1 (expected: >= 0)");
  }

  private static double square(double x) {
    return x * x;
  }

  private static long[] times(long seed, double rateHz) {
    var times = TriggerTimes.of(seed, rateHz);
    return LongStream.generate(times::nextNs).limit(COUNT).toArray();
  }
}
