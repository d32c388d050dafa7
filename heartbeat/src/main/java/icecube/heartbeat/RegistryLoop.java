// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry's own thread: sweeps every period and tells when woken. Any number of wakes before
 * the telling begins are one, so nothing piles up. {@link #wake} may be called from any thread.
 */
final class RegistryLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryLoop.class);
  private static final long STOP_TIMEOUT_SECONDS = 5;

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, RegistryLoop::newThread);
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile Runnable tell = () -> {};

  /** Begins; wakes from before are made good by the first sweep. */
  // The future would only carry exceptions, and guarded() lets none out.
  @SuppressWarnings("FutureReturnValueIgnored")
  void start(Duration sweepPeriod, Runnable sweep, Runnable whenWoken) {
    tell = whenWoken;
    // Fixed delay: after a pause of the process the missed sweeps must not all run at once.
    thread.scheduleWithFixedDelay(
        () -> guarded(sweep), sweepPeriod.toNanos(), sweepPeriod.toNanos(), NANOSECONDS);
  }

  void wake() {
    if (woken.compareAndSet(false, true)) {
      try {
        thread.execute(this::tellOnce);
      } catch (RejectedExecutionException e) {
        LOG.trace("closed: nobody is told any more", e);
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("registry thread did not stop within {} s", STOP_TIMEOUT_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tellOnce() {
    // Before the telling, so that a change during it wakes again.
    woken.set(false);
    guarded(tell);
  }

  // An exception would end the schedule, and with it every lease, without a word.
  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("registry sweep failed; the next one tries again", e);
    }
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "registry-sweep");
    thread.setDaemon(true);
    return thread;
  }
}
