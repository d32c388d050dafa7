// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.chassis.TimeAndChance;

/**
 * How many entries and bytes may be in flight. The entries grow by one for every windowful that
 * went well and halve when a server says it has too much (AIMD, as TCP does).
 *
 * <p>Nothing is read while no model server is there, while reading is suspended to let everything
 * drain, or after the end. Both limits hold back reading, not what is already being read: each
 * reader may bring in one read beyond them, so that a partition without events keeps no room from
 * the others. How much a read asks for follows from the room and the mean size of the entries so
 * far; an entry larger than the whole window passes when it is met.
 *
 * <p>An entry that waits long to be tried again may give up its place for that time: it is parked.
 * Thread-safe.
 */
final class EntryWindow {
  /** Refusals within this time are one overload: they answer requests sent before the shrinking. */
  static final long SHRINK_INTERVAL_NANOS = 100_000_000;

  /** What the first entry is taken to weigh: 32 usual events. */
  private static final double MEAN_BYTES_FIRST = 64 << 10;

  /** Share of the newest entry in the mean size. */
  private static final double MEAN_WEIGHT = 0.1;

  private final Object lock = new Object();
  private final int limitMax;
  private final long bytesMax;
  private final int parkedMax;

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
  private long bytes;

  @GuardedBy("lock")
  private double meanBytes = MEAN_BYTES_FIRST;

  @GuardedBy("lock")
  private int parked;

  @GuardedBy("lock")
  private int reading;

  @GuardedBy("lock")
  private boolean isServed;

  @GuardedBy("lock")
  private boolean isSuspended;

  @GuardedBy("lock")
  private boolean isClosed;

  EntryWindow(int limitMax, long bytesMax, int parkedMax) {
    this.limitMax = limitMax;
    this.bytesMax = bytesMax;
    this.parkedMax = parkedMax;
    this.limit = limitMax;
  }

  /** Says whether there is a model server; nobody reads before the first is. */
  void serve(boolean isServedNow) {
    synchronized (lock) {
      if (isServed != isServedNow) {
        isServed = isServedNow;
        lock.notifyAll();
      }
    }
  }

  /** Whether there is a model server. */
  boolean isServed() {
    synchronized (lock) {
      return isServed;
    }
  }

  /**
   * Begins a read if there is room, to be ended by {@link #endRead}.
   *
   * @return how many entries to read, 1..countMax; 0 if there is no room, then nothing began
   */
  int beginRead(int countMax) {
    synchronized (lock) {
      int room = entriesRoom();
      if (room == 0) {
        return 0;
      }
      reading++;
      return Math.min(countMax, room);
    }
  }

  /** Waits until there is room for a read or the window is closed. */
  void awaitRoom() throws InterruptedException {
    synchronized (lock) {
      while (!isClosed && entriesRoom() == 0) {
        lock.wait();
      }
    }
  }

  /** Entries that there is room for; at least 1 as long as neither limit is reached. */
  @GuardedBy("lock")
  private int entriesRoom() {
    boolean isOpen = isServed && !isClosed && !isSuspended;
    if (!isOpen || inFlight >= limit || bytes >= bytesMax) {
      return 0;
    }
    double byBytes = (bytesMax - bytes) / meanBytes;
    return (int) Math.max(1, Math.min(limit - inFlight, byBytes));
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

  /** Entries that may be claimed now; 0 while nothing may be read. */
  int room() {
    synchronized (lock) {
      return entriesRoom();
    }
  }

  /** An entry is in flight. */
  void enter(long sizeBytes) {
    synchronized (lock) {
      inFlight++;
      bytes += sizeBytes;
      meanBytes = Math.max(1, meanBytes + MEAN_WEIGHT * (sizeBytes - meanBytes));
    }
  }

  /** An entry is done with. */
  void exit(long sizeBytes) {
    synchronized (lock) {
      inFlight--;
      bytes -= sizeBytes;
      lock.notifyAll();
    }
  }

  /** An entry in flight gives up its place; false if too many have, then it keeps it. */
  boolean park(long sizeBytes) {
    synchronized (lock) {
      if (parked >= parkedMax) {
        return false;
      }
      parked++;
      exit(sizeBytes);
      return true;
    }
  }

  /**
   * A parked entry takes a place again, also beyond the limits, but for a moment only; false while
   * nothing may be read, then it stays parked.
   */
  boolean unpark(long sizeBytes) {
    synchronized (lock) {
      if (isClosed || isSuspended || !isServed) {
        return false;
      }
      parked--;
      inFlight++;
      bytes += sizeBytes;
      return true;
    }
  }

  /** A parked entry is done with. */
  void exitParked() {
    synchronized (lock) {
      parked--;
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

  /** Whether nothing is in flight and nobody is reading; parked entries are neither. */
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

  /** Bytes of the entries in flight. */
  long bytes() {
    synchronized (lock) {
      return bytes;
    }
  }

  int parked() {
    synchronized (lock) {
      return parked;
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
