// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import java.time.Duration;

/**
 * Time and chance as a service sees them, an argument so that a test need not wait and can repeat
 * what happened. Implementations are thread-safe.
 */
public interface TimeAndChance {
  /** Time and chance of this machine. */
  TimeAndChance SYSTEM = new SystemTimeAndChance();

  /** Monotonic time, ns. */
  long nanoTime();

  /** Time of day, µs since 1970-01-01 UTC. */
  long unixMicros();

  /** Waits, on the calling thread. */
  void pause(Duration duration) throws InterruptedException;

  /** A number in [0, 1), for jitter. */
  double chance();

  /** Eight hex digits that no other start of a process has. */
  String incarnation();
}
