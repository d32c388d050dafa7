// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.chassis.TimeAndChance;

/**
 * How many entries may be in flight: grows by one for every windowful that went well, halves when a
 * server says it has too much (AIMD, as TCP does), and can be suspended to let everything drain.
 *
 * <p>The limit holds back reading, not what is already being read: each reader may bring in one
 * read beyond it, so that a partition without events keeps no room from the others. Thread-safe.
 */
final class EntryWindow {
  /** Refusals within this time are one overload: they answer requests sent before the shrinking. */
  static final long SHRINK_INTERVAL_NANOS = 100_000_000;

  private final Object lock = new Object();
  private final int limitMax;

  @GuardedBy("lock")
  private int limit;

  @GuardedBy("lock")
  private int successes;

  @GuardedBy("lock")
  private long shrunkNanos;

  @GuardedBy("lock")
  private boolean hasShrunk;

  @GuardedBy("lock")
  private int inFlight;

  @GuardedBy("lock")
  private int reading;

  @GuardedBy("lock")
  private boolean isSuspended;

  @GuardedBy("lock")
  private boolean isClosed;

  EntryWindow(int limitMax) {
    this.limitMax = limitMax;
    this.limit = limitMax;
  }

  /**
   * Begins a read if there is room, to be ended by {@link #endRead}.
   *
   * @return how many entries to read, 1..countMax; 0 if there is no room, then nothing began
   */
  int beginRead(int countMax) {
    synchronized (lock) {
      if (!hasRoom()) {
        return 0;
      }
      reading++;
      return Math.max(1, Math.min(countMax, limit - inFlight));
    }
  }

  /** Waits until there is room for a read or the window is closed. */
  void awaitRoom() throws InterruptedException {
    synchronized (lock) {
      while (!isClosed && !hasRoom()) {
        lock.wait();
      }
    }
  }

  @GuardedBy("lock")
  private boolean hasRoom() {
    return !isClosed && !isSuspended && inFlight < limit;
  }

  boolean isClosed() {
    synchronized (lock) {
      return isClosed;
    }
  }

  /** Ends a read; what it brought has been entered before. */
  void endRead() {
    synchronized (lock) {
      reading--;
      lock.notifyAll();
    }
  }

  /** Entries that may be claimed now; 0 while suspended or closed. */
  int room() {
    synchronized (lock) {
      return isClosed || isSuspended ? 0 : Math.max(0, limit - inFlight);
    }
  }

  /** An entry is in flight. */
  void enter() {
    synchronized (lock) {
      inFlight++;
    }
  }

  /** An entry is done with. */
  void exit() {
    synchronized (lock) {
      inFlight--;
      lock.notifyAll();
    }
  }

  /** A request was answered. */
  void grow() {
    synchronized (lock) {
      if (limit < limitMax && ++successes >= limit) {
        successes = 0;
        limit++;
        lock.notifyAll();
      }
    }
  }

  /** A request was refused because a server has too much. */
  void shrink(long nowNanos) {
    synchronized (lock) {
      if (!hasShrunk || nowNanos - shrunkNanos >= SHRINK_INTERVAL_NANOS) {
        hasShrunk = true;
        shrunkNanos = nowNanos;
        successes = 0;
        limit = Math.max(1, limit / 2);
      }
    }
  }

  /** Stops new reads until {@link #resume}. */
  void suspend() {
    synchronized (lock) {
      isSuspended = true;
    }
  }

  void resume() {
    synchronized (lock) {
      isSuspended = false;
      lock.notifyAll();
    }
  }

  /** Stops new reads for good. */
  void close() {
    synchronized (lock) {
      isClosed = true;
      lock.notifyAll();
    }
  }

  /** Whether nothing is in flight and nobody is reading. */
  boolean isIdle() {
    synchronized (lock) {
      return inFlight == 0 && reading == 0;
    }
  }

  int limit() {
    synchronized (lock) {
      return limit;
    }
  }

  int inFlight() {
    synchronized (lock) {
      return inFlight;
    }
  }

  /** Waits until the window is idle or the time is over; returns whether it is idle. */
  boolean awaitIdle(long timeoutNanos, TimeAndChance time) throws InterruptedException {
    long deadline = time.nanoTime() + timeoutNanos;
    synchronized (lock) {
      while (inFlight > 0 || reading > 0) {
        long leftNanos = deadline - time.nanoTime();
        if (leftNanos <= 0) {
          return false;
        }
        lock.wait(Math.max(1, leftNanos / 1_000_000));
      }
      return true;
    }
  }
}
