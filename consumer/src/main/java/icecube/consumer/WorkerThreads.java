// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers that are threads, named {@code consumer-worker-N}.
 *
 * <p>Their queue needs no bound of its own: an entry in flight has at most one step in it, and the
 * window bounds the entries. Thread-safe.
 */
final class WorkerThreads implements Workers {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final ScheduledThreadPoolExecutor threads;

  WorkerThreads(int count) {
    var number = new AtomicInteger();
    threads =
        new ScheduledThreadPoolExecutor(
            count, step -> new Thread(step, "consumer-worker-" + number.getAndIncrement()));
    threads.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void execute(Runnable step, Duration wait) {
    try {
      var unused = threads.schedule(step, wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: what is in flight is handed back for others to claim.
      LOG.atTrace().log("step after close is dropped");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(CLOSE_MAX.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
