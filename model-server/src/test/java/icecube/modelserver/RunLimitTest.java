// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RunLimitTest {
  private final RunLimit limit = new RunLimit();
  private final AtomicInteger stops = new AtomicInteger();

  @Test
  void aLateRunIsStoppedOnceAndSaysSo() {
    // The clock wraps around.
    limit.until(OptionalLong.of(Long.MAX_VALUE - 1));
    limit.enter(stops::incrementAndGet);

    assertThat(limit.stopIfLate(Long.MAX_VALUE - 2)).isFalse();
    assertThat(limit.stopIfLate(Long.MIN_VALUE + 5)).isTrue();
    assertThat(limit.stopIfLate(Long.MIN_VALUE + 6)).isFalse();
    assertThat(stops).hasValue(1);
    assertThat(limit.leave()).isTrue();
  }

  @Test
  void nothingIsStoppedBetweenRunsNorTheNextRunForTheLast() {
    limit.until(OptionalLong.of(10));
    assertThat(limit.stopIfLate(20)).isFalse();
    limit.enter(stops::incrementAndGet);
    assertThat(limit.stopIfLate(20)).isTrue();
    assertThat(limit.leave()).isTrue();
    limit.until(OptionalLong.empty());
    limit.enter(stops::incrementAndGet);

    assertThat(limit.stopIfLate(Long.MAX_VALUE)).isFalse();
    assertThat(limit.leave()).isFalse();
    assertThat(stops).hasValue(1);
  }
}
