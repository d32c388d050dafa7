// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import java.time.Duration;

/** Time as the emitter sees it, an argument so that tests need not wait. */
interface EmitterTime {
  /** Monotonic time, ns. */
  long nanoTime();

  /** Time of day, µs since 1970-01-01 UTC. */
  long unixMicros();

  /** Waits. */
  void pause(Duration duration) throws InterruptedException;

  /** A number in [0, 1), for jitter. */
  double chance();
}
