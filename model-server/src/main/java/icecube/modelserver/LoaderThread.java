// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that loads models, {@code model-loader}: tasks run in turn, so that two loads
 * never change the same model at once. At most {@value #TASKS_WAITING_MAX} wait. Thread-safe.
 */
final class LoaderThread implements AutoCloseable {
  /** Loads and unloads that may wait for the one that runs. */
  static final int TASKS_WAITING_MAX = 64;

  /** A load cannot be interrupted; a longer one is left to the end of the process. */
  private static final Duration JOIN_MAX = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(LoaderThread.class);

  // Those that wait, and the one that runs.
  private final Map<Long, CompletableFuture<?>> pending = new ConcurrentHashMap<>();
  private final AtomicLong number = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, LoaderThread::daemon);

  private static Thread daemon(Runnable run) {
    var thread = new Thread(run, "model-loader");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * What {@code task} returns or throws, once it was its turn; {@code QUEUE_FULL} or {@code
   * DRAINING} if it will not be.
   */
  <T> CompletableFuture<T> run(Callable<T> task) {
    if (thread.isShutdown()) {
      return CompletableFuture.failedFuture(closing());
    }
    if (waiting.incrementAndGet() > TASKS_WAITING_MAX) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(
          new ReasonException(
              Reason.REASON_QUEUE_FULL,
              "loads: %d wait (expected: at most %d); retry later"
                  .formatted(TASKS_WAITING_MAX, TASKS_WAITING_MAX)));
    }
    var outcome = new CompletableFuture<T>();
    long id = number.getAndIncrement();
    pending.put(id, outcome);
    try {
      thread.execute(
          () -> {
            waiting.decrementAndGet();
            complete(outcome, task);
            pending.remove(id);
          });
    } catch (RejectedExecutionException e) {
      endAll();
    }
    return outcome;
  }

  // Whatever a task throws is told to whoever asked for it.
  private static <T> void complete(CompletableFuture<T> outcome, Callable<T> task) {
    try {
      outcome.complete(task.call());
    } catch (Exception | Error e) {
      outcome.completeExceptionally(e);
    }
  }

  private void endAll() {
    pending.values().forEach(outcome -> outcome.completeExceptionally(closing()));
    pending.clear();
  }

  private static ReasonException closing() {
    return new ReasonException(
        Reason.REASON_DRAINING, "models: closing (expected: open); ask another server");
  }

  /** Runs {@code task}, which must not throw, again and again, {@code pause} after each end. */
  void repeat(Duration pause, Runnable task) {
    var unused =
        thread.scheduleWithFixedDelay(task, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends the thread after the task that runs; those that wait never run. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(JOIN_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.warn("a load did not end in {}; it is left to the end of the process", JOIN_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    endAll();
  }
}
