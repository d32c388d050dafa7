// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Windows on their way to MLflow, oldest first, at most {@value #WINDOWS_MAX}: for one more the
 * oldest goes, since who reads must never wait for who tells. Thread-safe.
 */
final class WindowQueue {
  /** An hour of the usual windows, about 10 kB each. */
  static final int WINDOWS_MAX = 60;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final Deque<WindowFigures> windows = new ArrayDeque<>();

  /**
   * Adds the newest.
   *
   * @return the window that had to go for it, if one had to
   */
  @Nullable WindowFigures add(WindowFigures window) {
    lock.lock();
    try {
      WindowFigures dropped = windows.size() < WINDOWS_MAX ? null : windows.pollFirst();
      windows.addLast(window);
      changed.signalAll();
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** The oldest, which stays; waits so long for one, then null. */
  @Nullable WindowFigures first(long waitNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = waitNanos;
      while (windows.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return windows.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Whether this very window is still the oldest: it may have had to go meanwhile. */
  @SuppressWarnings("ReferenceEquality")
  boolean isFirst(WindowFigures window) {
    lock.lock();
    try {
      return windows.peekFirst() == window;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the window off if it is still the oldest: it may have had to go meanwhile. */
  @SuppressWarnings("ReferenceEquality") // this very window, not one of equal figures
  boolean removeFirst(WindowFigures window) {
    lock.lock();
    try {
      if (windows.peekFirst() != window) {
        return false;
      }
      windows.removeFirst();
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all are told; false if they are not after so long. */
  boolean awaitEmpty(long waitNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = waitNanos;
      while (!windows.isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return windows.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return windows.size();
    } finally {
      lock.unlock();
    }
  }
}
