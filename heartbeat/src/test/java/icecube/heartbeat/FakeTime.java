// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import java.time.Duration;

/** A clock that moves when told. Starts just below the overflow of its ns, as a real one may. */
final class FakeTime {
  private long nowNanos = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

  long now() {
    return nowNanos;
  }

  void pass(Duration time) {
    nowNanos += time.toNanos();
  }
}
