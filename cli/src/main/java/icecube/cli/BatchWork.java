// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work on the batches of a data set, several at a time, each on a thread of its own. The first that
 * fails, or an interruption, ends all others; nothing is left running.
 */
final class BatchWork {
  /** The most threads that a person may ask for. */
  static final int THREADS_MAX = 256;

  /** How long a thread that was told to stop may take to clear up. */
  private static final Duration STOP_MAX = Duration.ofSeconds(20);

  private BatchWork() {}

  /** What is done with one batch; {@code Thread.interrupted()} tells it to stop. */
  interface Task {
    void run() throws InterruptedException;
  }

  /** As many threads as asked for; 0 means one per core. */
  static int threads(int asked) {
    if (asked < 0 || asked > THREADS_MAX) {
      throw new SettingException(
          "--threads: " + asked + " (expected: 0.." + THREADS_MAX + ", 0 for one per core)");
    }
    return asked == 0 ? Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors()) : asked;
  }

  /**
   * Runs every task and returns when all have ended.
   *
   * @param name of the threads: {@code name-0}, {@code name-1} …
   * @throws RuntimeException what the first failing task threw
   */
  static void runAll(String name, int threads, List<? extends Task> tasks)
      throws InterruptedException {
    ExecutorService pool = pool(name, Math.max(1, Math.min(threads, tasks.size())));
    try {
      CompletionService<Void> ended = new ExecutorCompletionService<>(pool);
      for (Task task : new ArrayList<>(tasks)) {
        ended.submit(
            () -> {
              task.run();
              return null;
            });
      }
      for (int left = tasks.size(); left > 0; left--) {
        ended.take().get();
      }
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } finally {
      stop(pool, name);
    }
  }

  /** Threads {@code name-0}, {@code name-1} …, to be ended by {@link #stop}. */
  static ExecutorService pool(String name, int threads) {
    var number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        threads, run -> new Thread(run, name + "-" + number.getAndIncrement()));
  }

  /** What the work itself failed with, to be thrown on. */
  static RuntimeException unwrapped(ExecutionException e) throws InterruptedException {
    Throwable cause = e.getCause();
    if (cause instanceof RuntimeException failure) {
      throw failure;
    }
    if (cause instanceof Error fault) {
      throw fault;
    }
    if (cause instanceof InterruptedException interruption) {
      throw interruption;
    }
    return new IllegalStateException(cause);
  }

  /** Waits until all have cleared up, also when this thread is itself told to stop. */
  static void stop(ExecutorService pool, String name) {
    pool.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    long endNanos = System.nanoTime() + STOP_MAX.toNanos();
    while (!ended && endNanos - System.nanoTime() > 0) {
      try {
        ended = pool.awaitTermination(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (!ended) {
      System.err.println("icecube: " + name + ": not ended after " + STOP_MAX.toSeconds() + " s");
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
