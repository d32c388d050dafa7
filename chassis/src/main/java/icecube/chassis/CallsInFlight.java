// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Counts the calls a server works on, so that a drain can wait for work alone: health watches and
 * reflection streams are left out, as their callers keep them open for ever. Thread-safe.
 */
final class CallsInFlight extends ServerStreamTracer.Factory {
  private static final ServerStreamTracer UNCOUNTED = new ServerStreamTracer() {};

  private final Object lock = new Object();

  @GuardedBy("lock")
  private int count;

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    if (fullMethodName.startsWith("grpc.health.")
        || fullMethodName.startsWith("grpc.reflection.")) {
      return UNCOUNTED;
    }
    synchronized (lock) {
      count++;
    }
    return new ServerStreamTracer() {
      @Override
      public void streamClosed(Status status) {
        ended();
      }
    };
  }

  /** Waits until no call is in flight; false if {@code time} was not enough. */
  boolean awaitNone(Duration time) throws InterruptedException {
    long deadline = System.nanoTime() + time.toNanos();
    synchronized (lock) {
      while (count > 0) {
        long leftNanos = deadline - System.nanoTime();
        if (leftNanos <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(lock, Math.max(1_000_000, leftNanos));
      }
      return true;
    }
  }

  private void ended() {
    synchronized (lock) {
      count--;
      lock.notifyAll();
    }
  }
}
