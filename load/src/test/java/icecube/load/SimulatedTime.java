// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes only when somebody waits; what was planned for then happens on the way. */
final class SimulatedTime implements LoadClock {
  private record Planned(long nanos, long order, Runnable action) {}

  private final PriorityQueue<Planned> planned =
      new PriorityQueue<>(
          Comparator.comparingLong(Planned::nanos).thenComparingLong(Planned::order));
  private long now = 1_000_000_000_000L;
  private long order;

  void plan(long nanos, Runnable action) {
    planned.add(new Planned(nanos, order++, action));
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void awaitUntil(long nanos) {
    for (Planned next = planned.peek();
        next != null && next.nanos() <= nanos;
        next = planned.peek()) {
      planned.remove();
      now = Math.max(now, next.nanos());
      next.action().run();
    }
    now = Math.max(now, nanos);
  }
}
