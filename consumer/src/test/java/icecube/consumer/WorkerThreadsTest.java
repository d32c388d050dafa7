// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class WorkerThreadsTest {
  @Test
  void stepsRunOnNamedThreadsAfterTheirWait() throws Exception {
    try (var workers = new WorkerThreads(1)) {
      var names = new ConcurrentLinkedQueue<String>();
      var isDone = new CountDownLatch(2);
      Runnable step =
          () -> {
            names.add(Thread.currentThread().getName());
            isDone.countDown();
          };
      long begin = System.nanoTime();
      workers.execute(step, Duration.ofMillis(20));
      workers.execute(step, Duration.ZERO);
      isDone.await();
      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(20_000_000);
      assertThat(names).containsExactly("consumer-worker-0", "consumer-worker-0");
    }
  }

  @Test
  void closingDropsWhatHasNotBegun() {
    var workers = new WorkerThreads(1);
    var ran = new ConcurrentLinkedQueue<String>();
    workers.execute(() -> ran.add("later"), Duration.ofMinutes(1));
    workers.close();
    workers.execute(() -> ran.add("too late"), Duration.ZERO);
    assertThat(ran).isEmpty();
  }
}
