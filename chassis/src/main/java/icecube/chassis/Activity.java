// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.time.Duration;
import java.util.Optional;

/**
 * Work cut into steps. A step does one bounded piece of it and never waits for time to pass; how
 * long to wait, it answers.
 *
 * <p>So the same work can be done by a thread of its own, and in a simulation by one thread that
 * decides whose step comes next. Confined to one thread at a time.
 */
public interface Activity {
  /**
   * Does the next piece of work.
   *
   * @return how long to wait before the step after it; empty once there is nothing left to do
   * @throws InterruptedException if the thread was interrupted meanwhile
   */
  Optional<Duration> step() throws InterruptedException;

  /** Takes step after step on the calling thread, until the last or an interrupt. */
  default void run(TimeAndChance time) throws InterruptedException {
    for (var wait = step(); wait.isPresent(); wait = step()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("activity: interrupted");
      }
      if (!wait.get().isZero()) {
        time.pause(wait.get());
      }
    }
  }
}
