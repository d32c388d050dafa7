// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Fake time, and everything that is yet to happen, in one order.
 *
 * <p>A task may itself let time pass; what is due meanwhile then runs inside of it, so that between
 * a request and its answer anything else may happen, as between real processes. Confined to one
 * thread.
 */
final class Scheduler {
  /** How deep tasks may run inside of tasks; deeper, a request takes no time. */
  private static final int DEPTH_MAX = 8;

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long nowNanos;
  private long taskCount;
  private long order;
  private int depth;
  private @Nullable Throwable failure;

  /** Time since the beginning, ns. */
  long nowNanos() {
    return nowNanos;
  }

  /** Tasks begun so far. */
  long taskCount() {
    return taskCount;
  }

  /** The first thing that went wrong in a task, by a bug; null while there is none. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Runs {@code action} after {@code delayNanos}, unless its owner is dead by then. */
  void schedule(@Nullable SimulatedProcess owner, long delayNanos, Runnable action) {
    tasks.add(new Task(nowNanos + delayNanos, order++, owner, action));
  }

  /** Runs the next task if it is due by {@code untilNanos}; returns whether there was one. */
  boolean runNext(long untilNanos) {
    Task next = tasks.peek();
    if (next == null || next.atNanos > untilNanos || failure != null) {
      return false;
    }
    tasks.remove();
    nowNanos = Math.max(nowNanos, next.atNanos);
    taskCount++;
    var owner = next.owner;
    if (owner == null) {
      run(next);
    } else if (owner.pausedUntilNanos() > nowNanos) {
      schedule(owner, owner.pausedUntilNanos() - nowNanos, next.action);
    } else if (owner.takesSteps()) {
      owner.enter();
      run(next);
      owner.exit();
    }
    return true;
  }

  private void run(Task task) {
    try {
      task.action.run();
    } catch (ProcessDied e) {
      // As planned.
    } catch (RuntimeException | Error e) {
      if (failure == null) {
        failure = e;
      }
    }
  }

  /** Lets time pass in the middle of a task. */
  void pass(long nanos) {
    if (depth >= DEPTH_MAX) {
      return;
    }
    long until = nowNanos + nanos;
    depth++;
    try {
      boolean hasMore = true;
      while (hasMore) {
        hasMore = runNext(until);
      }
    } finally {
      depth--;
    }
    nowNanos = Math.max(nowNanos, until);
  }

  private record Task(long atNanos, long order, @Nullable SimulatedProcess owner, Runnable action)
      implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
