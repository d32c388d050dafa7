// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a model, and the workers that take them, oldest first.
 *
 * <p>Bounded in events and in bytes: what would exceed either is refused at once. No artificial
 * delay: a free worker takes what is there. A request whose time is over is refused before it costs
 * a run, one whose caller has gone is dropped. Balance, at any moment: submitted = answered +
 * refused + cancelled + waiting + running.
 *
 * <p>Thread-safe. Workers are named {@code model-worker-N}; {@link Answerer}s are told outside the
 * lock.
 */
final class PredictionQueue implements AutoCloseable {
  private static final Duration JOIN_MAX = Duration.ofSeconds(10);

  private final Object lock = new Object();
  private final int eventsMax;
  private final long bytesMax;
  private final LongSupplier nanoClock;
  private final PredictionWorker worker;
  private final ModelServerMetrics metrics;
  private final List<Thread> threads = new ArrayList<>();

  @GuardedBy("lock")
  private final Deque<QueuedRequest> waiting = new ArrayDeque<>();

  @GuardedBy("lock")
  private int waitingEvents;

  @GuardedBy("lock")
  private long waitingBytes;

  @GuardedBy("lock")
  private int runningEvents;

  @GuardedBy("lock")
  private boolean draining;

  @GuardedBy("lock")
  private boolean closed;

  private PredictionQueue(
      int eventsMax,
      long bytesMax,
      LongSupplier nanoClock,
      PredictionWorker worker,
      ModelServerMetrics metrics) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
    this.nanoClock = nanoClock;
    this.worker = worker;
    this.metrics = metrics;
  }

  /** A queue with its workers running. */
  static PredictionQueue start(
      int workerCount,
      int eventsMax,
      long bytesMax,
      LongSupplier nanoClock,
      PredictionWorker worker,
      ModelServerMetrics metrics) {
    var queue = new PredictionQueue(eventsMax, bytesMax, nanoClock, worker, metrics);
    metrics.watch(queue);
    for (int number = 0; number < workerCount; number++) {
      var thread = new Thread(queue::work, "model-worker-" + number);
      thread.setDaemon(true);
      queue.threads.add(thread);
      thread.start();
    }
    return queue;
  }

  /** Now, on the clock that deadlines are measured by. */
  long nowNanos() {
    return nanoClock.getAsLong();
  }

  /**
   * Takes over {@code request}: from here on its answerer is told its end, and the reference on its
   * model is given back, then or if it is refused here.
   *
   * @throws ReasonException {@code QUEUE_FULL} or {@code DRAINING}; the answerer is then not told
   */
  void submit(QueuedRequest request) {
    try {
      add(request);
    } catch (ReasonException e) {
      request.model().release();
      throw e;
    }
  }

  private void add(QueuedRequest request) {
    synchronized (lock) {
      if (draining) {
        throw draining();
      }
      if (waitingEvents + request.eventCount() > eventsMax) {
        throw full("events", waitingEvents, request.eventCount(), eventsMax);
      }
      // An empty queue takes any one request: its size was limited on the way in.
      if (!waiting.isEmpty() && waitingBytes + request.sizeBytes() > bytesMax) {
        throw full("bytes", waitingBytes, request.sizeBytes(), bytesMax);
      }
      waiting.add(request);
      waitingEvents += request.eventCount();
      waitingBytes += request.sizeBytes();
      lock.notify();
    }
  }

  /** Drops {@code request} if it still waits; its answerer is then never told. */
  boolean cancel(QueuedRequest request) {
    synchronized (lock) {
      if (!waiting.remove(request)) {
        return false;
      }
      leaveWaiting(request);
      lock.notifyAll();
    }
    request.model().release();
    return true;
  }

  /** Events that wait for a worker. */
  int waitingEvents() {
    synchronized (lock) {
      return waitingEvents;
    }
  }

  /** Bytes of the requests that wait for a worker. */
  long waitingBytes() {
    synchronized (lock) {
      return waitingBytes;
    }
  }

  /** Events that wait or run. */
  int eventsInFlight() {
    synchronized (lock) {
      return waitingEvents + runningEvents;
    }
  }

  /**
   * Refuses new requests from here on and waits until those that are there have ended.
   *
   * @return false if {@code patience} was not enough
   */
  boolean drain(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (lock) {
      draining = true;
      while (waitingEvents + runningEvents > 0) {
        long leftNanos = deadline - System.nanoTime();
        if (leftNanos <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(lock, Math.max(1_000_000, leftNanos));
      }
      return true;
    }
  }

  /** Refuses what still waits, and waits at most 10 s in all for the workers to end their runs. */
  @Override
  public void close() {
    List<QueuedRequest> left;
    synchronized (lock) {
      draining = true;
      closed = true;
      left = List.copyOf(waiting);
      waiting.clear();
      left.forEach(this::leaveWaiting);
      lock.notifyAll();
    }
    for (var request : left) {
      worker.refuse(request, draining());
      request.model().release();
    }
    long deadline = System.nanoTime() + JOIN_MAX.toNanos();
    try {
      for (Thread thread : threads) {
        // At least 1 ms, as a join of 0 waits for ever.
        long leftMillis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        thread.join(Math.max(1, leftMillis));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    for (var request = take(); request != null; request = take()) {
      try {
        metrics.waited(nowNanos() - request.admittedNanos());
        worker.end(request, nanoClock);
      } finally {
        request.model().release();
        synchronized (lock) {
          runningEvents -= request.eventCount();
          lock.notifyAll();
        }
      }
    }
  }

  /** The oldest waiting request, now running; null when the queue is closed. */
  private @Nullable QueuedRequest take() {
    synchronized (lock) {
      while (waiting.isEmpty() && !closed) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // Nobody but a JVM that ends interrupts a worker; it goes as if the queue were closed.
          Thread.currentThread().interrupt();
          return null;
        }
      }
      var request = waiting.poll();
      if (request != null) {
        leaveWaiting(request);
        runningEvents += request.eventCount();
      }
      return request;
    }
  }

  @GuardedBy("lock")
  private void leaveWaiting(QueuedRequest request) {
    waitingEvents -= request.eventCount();
    waitingBytes -= request.sizeBytes();
  }

  private static ReasonException draining() {
    return new ReasonException(
        Reason.REASON_DRAINING, "server: draining (expected: serving); ask another server");
  }

  private static ReasonException full(String what, long there, long more, long max) {
    return new ReasonException(
        Reason.REASON_QUEUE_FULL,
        "queue: %d %s wait, %d more (expected: at most %d); retry later or start another server"
            .formatted(there, what, more, max));
  }
}
