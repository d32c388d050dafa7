// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that stops runs nobody waits for any more, {@value #LOOK_MILLIS} ms late at most, so
 * that one long run does not keep a worker from requests that can still be answered in time.
 */
final class RunWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);

  /** Pause between two looks, ms. */
  static final int LOOK_MILLIS = 5;

  private final List<RunLimit> limits;
  private final CountDownLatch closed = new CountDownLatch(1);

  RunWatch(int workerCount, LongSupplier nanoClock, ModelServerMetrics metrics) {
    limits = Stream.generate(RunLimit::new).limit(workerCount).toList();
    var thread = new Thread(() -> watch(nanoClock, metrics), "model-run-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** That of worker {@code number}. */
  RunLimit limit(int number) {
    return limits.get(number);
  }

  private void watch(LongSupplier nanoClock, ModelServerMetrics metrics) {
    try {
      while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        for (RunLimit limit : limits) {
          stopIfLate(limit, nanoClock.getAsLong(), metrics);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stopIfLate(RunLimit limit, long nowNanos, ModelServerMetrics metrics) {
    try {
      if (limit.stopIfLate(nowNanos)) {
        metrics.stopped();
      }
    } catch (RuntimeException e) {
      // The run goes on to its own end; others are still looked after.
      LOG.atWarn().setCause(e).log("a late run could not be stopped");
    }
  }

  /** Ends the thread; runs are stopped no more. */
  @Override
  public void close() {
    closed.countDown();
  }
}
