// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Until when the runs of one worker are worth their time, and what stops the one under way.
 * Thread-safe: a worker enters and leaves runs, a {@link RunWatch} looks on.
 */
final class RunLimit {
  /** A run that can be told to end early; it then fails. */
  interface Stoppable {
    void stop();
  }

  private OptionalLong deadlineNanos = OptionalLong.empty();
  private @Nullable Stoppable running;
  private boolean isStopped;

  /** Runs that begin from now on are worth nothing after {@code nanos}; empty for no limit. */
  synchronized void until(OptionalLong nanos) {
    deadlineNanos = nanos;
  }

  /** A run begins. */
  synchronized void enter(Stoppable run) {
    running = run;
    isStopped = false;
  }

  /**
   * The run has ended, by itself or not.
   *
   * @return whether it was told to stop
   */
  synchronized boolean leave() {
    running = null;
    return isStopped;
  }

  /**
   * Stops the run under way if it is over time.
   *
   * @return whether it did so now
   */
  synchronized boolean stopIfLate(long nowNanos) {
    var run = running;
    if (run == null
        || isStopped
        || deadlineNanos.isEmpty()
        || nowNanos - deadlineNanos.getAsLong() < 0) {
      return false;
    }
    isStopped = true;
    run.stop();
    return true;
  }
}
