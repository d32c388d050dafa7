// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When requests are sent, and how long their events are. */
final class PaceTest {
  private static final int COUNT = 20_000;

  private static long[] gaps(Pace.Open pace, long seed) {
    Pace.Schedule schedule = pace.schedule(seed);
    long[] times = LongStream.generate(schedule::nextOffsetNanos).limit(COUNT).toArray();
    return IntStream.range(1, COUNT).mapToLong(i -> times[i] - times[i - 1]).toArray();
  }

  @Test
  void fixedGapsAreEqualFromTheFirstRequestOn() {
    Pace.Schedule schedule = new Pace.Rate(1_000, false).schedule(1);

    assertThat(LongStream.generate(schedule::nextOffsetNanos).limit(4))
        .containsExactly(0L, 1_000_000L, 2_000_000L, 3_000_000L);
  }

  @Test
  void poissonGapsAreExponential() {
    long[] gaps = gaps(new Pace.Rate(1_000, true), 1);
    double mean = Arrays.stream(gaps).average().orElseThrow();
    double longerThanTwoMeans =
        (double) Arrays.stream(gaps).filter(gap -> gap > 2_000_000).count() / gaps.length;

    assertThat(mean).isCloseTo(1e6, within(3e4));
    assertThat(longerThanTwoMeans).isCloseTo(Math.exp(-2), within(0.01));
  }

  @Test
  void theSameSeedGivesTheSameTimes() {
    var pace = new Pace.Rate(10, true);

    assertThat(gaps(pace, 7)).isEqualTo(gaps(pace, 7)).isNotEqualTo(gaps(pace, 8));
  }

  @Test
  void aReplayEndsWithItsLastTime() {
    Pace.Schedule schedule = new Pace.Replay(0, 5, 5).schedule(1);

    assertThat(LongStream.generate(schedule::nextOffsetNanos).limit(5))
        .containsExactly(0L, 5L, 5L, Pace.Schedule.END, Pace.Schedule.END);
  }

  @Test
  void timesThatDecreaseAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Pace.Replay(0, 5, 4))
        .withMessageContaining("4 ns as time 2 (expected: at least 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Pace.Replay())
        .withMessageContaining("no times");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, 1e7})
  void aRateThatMakesNoSenseIsRefused(double rate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Pace.Rate(rate, true))
        .withMessageContaining("rate: " + rate);
  }

  @Test
  void aConcurrencyBeyondTheLimitIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Pace.Closed(Pace.IN_FLIGHT_LIMIT + 1))
        .withMessageContaining("concurrency: 65537 (expected: 1..65536)");
  }

  @Test
  void raggedLengthsHaveTheirMedianAndStayWithinTheirBounds() {
    var rows = new RowCounts.LogNormal(60, 0.8, 8, 256);
    var random = new SplittableRandom(1);
    int[] drawn = IntStream.range(0, COUNT).map(i -> rows.draw(random)).sorted().toArray();

    assertThat(drawn[COUNT / 2]).isBetween(58, 62);
    assertThat(drawn[0]).isEqualTo(8);
    assertThat(drawn[COUNT - 1]).isEqualTo(256);
    // One standard deviation above: 60 * e^0.8.
    assertThat(drawn[(int) (COUNT * 0.8413)]).isBetween(129, 138);
  }

  @Test
  void boundsInTheWrongOrderAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RowCounts.LogNormal(60, 0.8, 9, 8))
        .withMessageContaining("rows-min: 9 (expected: at most rows-max, 8)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RowCounts.Fixed(0))
        .withMessageContaining("rows: 0");
  }
}
