// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The wait for what another process is about to show: on a condition, with a deadline. */
public final class Eventually {
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private Eventually() {}

  /**
   * The first value that is as expected.
   *
   * @throws AssertionError if there is none in time; it shows {@code what} and the last value
   */
  public static <T> T see(
      String what, Duration max, Supplier<T> value, Predicate<? super T> isExpected) {
    long deadline = System.nanoTime() + max.toNanos();
    while (true) {
      T seen = value.get();
      if (isExpected.test(seen)) {
        return seen;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(what + ": not within " + max + "; last seen: " + seen);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
