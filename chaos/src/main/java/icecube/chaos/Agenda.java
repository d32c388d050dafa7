// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.util.Comparator;
import java.util.PriorityQueue;

/** What is to be done later, in order of time. Confined to one thread. */
final class Agenda {
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::ordinal));
  private long ordinal;

  /** Something that may be impossible for want of a process or a connection. */
  interface Act {
    void run() throws IOException, InterruptedException;
  }

  private record Task(long atNanos, long ordinal, Act act) {}

  /** Does it at the first {@link #runDue} from then on; nanoseconds of {@link System#nanoTime}. */
  void at(long atNanos, Act act) {
    tasks.add(new Task(atNanos, ordinal++, act));
  }

  /** Does all that is due. */
  void runDue(long nowNanos) throws IOException, InterruptedException {
    while (true) {
      Task next = tasks.peek();
      if (next == null || next.atNanos() > nowNanos) {
        return;
      }
      tasks.remove();
      next.act().run();
    }
  }

  boolean isEmpty() {
    return tasks.isEmpty();
  }
}
