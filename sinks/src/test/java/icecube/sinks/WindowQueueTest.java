// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WindowQueueTest {
  private final WindowQueue queue = new WindowQueue();

  @Test
  void theOldestGoesForOneTooMany() throws InterruptedException {
    for (int i = 0; i < WindowQueue.WINDOWS_MAX; i++) {
      assertThat(queue.add(window(i))).isNull();
    }

    assertThat(queue.add(window(99))).isEqualTo(window(0));
    assertThat(queue.first(0)).isEqualTo(window(1));
    assertThat(queue.size()).isEqualTo(WindowQueue.WINDOWS_MAX);
  }

  @Test
  void whatWasToldGoesOnlyIfItIsStillTheOldest() throws InterruptedException {
    WindowFigures told = window(0);
    assertThat(queue.add(told)).isNull();
    assertThat(queue.add(window(1))).isNull();

    assertThat(queue.removeFirst(told)).isTrue();
    assertThat(queue.removeFirst(told)).isFalse();
    assertThat(queue.awaitEmpty(1_000_000)).isFalse();
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void oneThatHadToGoWhileItWasToldIsNotTheFirstAnyMore() {
    WindowFigures told = window(0);
    assertThat(queue.add(told)).isNull();
    assertThat(queue.isFirst(told)).isTrue();
    for (int i = 1; i < WindowQueue.WINDOWS_MAX; i++) {
      assertThat(queue.add(window(i))).isNull();
    }
    assertThat(queue.add(window(99))).isSameAs(told);

    assertThat(queue.isFirst(told)).isFalse();
    assertThat(queue.removeFirst(told)).isFalse();
  }

  @Test
  void waitsNoLongerThanItIsTold() throws InterruptedException {
    assertThat(queue.first(1_000_000)).isNull();
    assertThat(queue.awaitEmpty(0)).isTrue();
  }

  private static WindowFigures window(long endMillis) {
    return new WindowFigures(endMillis, Map.of(), new TreeMap<>(), Places.beginning(1), List.of());
  }
}
