// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * So many late spans a second and no more: where everything fails, a few failures tell as much as
 * all of them, and recording all would make a bad hour worse. Thread-safe; never blocks.
 */
final class LateAllowance implements Traces.Allowance {
  private static final int COUNT_BITS = 20;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final int perSecondMax;
  private final LongSupplier nanoClock;
  private final Counter dropped;

  /** The second that is counted, and below it how many were taken in it. */
  private final AtomicLong state = new AtomicLong();

  LateAllowance(int perSecondMax, LongSupplier nanoClock, Counter dropped) {
    this.perSecondMax = perSecondMax;
    this.nanoClock = nanoClock;
    this.dropped = dropped;
  }

  @Override
  public boolean take() {
    while (true) {
      long second = Math.floorDiv(nanoClock.getAsLong(), SECOND_NANOS) & (-1L >>> COUNT_BITS);
      long seen = state.get();
      long taken = seen >>> COUNT_BITS == second ? seen & COUNT_MASK : 0;
      if (taken >= perSecondMax) {
        dropped.increment();
        return false;
      }
      if (state.compareAndSet(seen, second << COUNT_BITS | (taken + 1))) {
        return true;
      }
    }
  }
}
