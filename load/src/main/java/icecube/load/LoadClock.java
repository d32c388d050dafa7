// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.util.concurrent.locks.LockSupport;

/** The time a run is paced by, an argument so that a test need not wait. Thread-safe. */
public interface LoadClock {
  /**
   * Time of this machine. It parks and does not spin, so a request may leave some 60 µs after it
   * was meant to; that is part of its latency and shown as the send delay.
   */
  LoadClock SYSTEM =
      new LoadClock() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void awaitUntil(long nanos) throws InterruptedException {
          for (long left = nanos - nanoTime(); left > 0; left = nanos - nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
              throw new InterruptedException();
            }
          }
        }
      };

  /** Monotonic time, ns. */
  long nanoTime();

  /** Waits until the time has come; returns at once if it has passed. */
  void awaitUntil(long nanos) throws InterruptedException;
}
