// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import java.time.Duration;

/** Time and chance as the consumer sees them. Implementations are thread-safe. */
interface ConsumerTime {
  /** Monotonic time, ns. */
  long nanoTime();

  /** Time of day, µs since 1970-01-01 UTC. */
  long unixMicros();

  /** Waits. */
  void pause(Duration duration) throws InterruptedException;

  /** A number in [0, 1), for jitter. */
  double chance();

  /** Eight hex digits that no other process has. */
  String incarnation();
}
