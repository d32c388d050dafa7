// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.proto.ReasonException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a model, and the workers that take them, oldest first.
 *
 * <p>Bounded in events and in bytes: what would exceed either is refused at once, as is what would
 * not be answered within its time. No artificial delay: a free worker takes what is there, up to a
 * {@link Round} of rows, of several requests if they are small. Of a large one it takes a part; the
 * rest goes to the end of its lane, where small ones pass it and other workers share it. A request
 * whose time is over is refused before it costs a run, one whose caller has gone is dropped.
 * Balance, at any moment: submitted = answered + refused + cancelled + waiting + running.
 *
 * <p>Thread-safe. Workers are named {@code model-worker-N}; {@link Answerer}s are told outside the
 * lock.
 */
final class PredictionQueue implements AutoCloseable {
  private static final Duration JOIN_MAX = Duration.ofSeconds(10);

  private final Object lock = new Object();
  private final int workerCount;
  private final QueueLimits limits;
  private final LongSupplier nanoClock;
  private final PredictionWorker worker;
  private final List<Thread> threads = new ArrayList<>();
  private final RunWatch watch;

  @GuardedBy("lock")
  private final RequestBacklog backlog = new RequestBacklog();

  @GuardedBy("lock")
  private int runningEvents;

  @GuardedBy("lock")
  private int idleWorkers;

  @GuardedBy("lock")
  private boolean draining;

  @GuardedBy("lock")
  private boolean closed;

  private PredictionQueue(
      int workerCount,
      int eventsMax,
      long bytesMax,
      LongSupplier nanoClock,
      PredictionWorker worker,
      RunWatch watch) {
    this.workerCount = workerCount;
    this.limits = new QueueLimits(eventsMax, bytesMax, workerCount);
    this.nanoClock = nanoClock;
    this.worker = worker;
    this.watch = watch;
  }

  /** A queue with its workers running. */
  static PredictionQueue start(
      int workerCount,
      int eventsMax,
      long bytesMax,
      LongSupplier nanoClock,
      PredictionWorker worker,
      ModelServerMetrics metrics) {
    var watch = new RunWatch(workerCount, nanoClock, metrics);
    var queue = new PredictionQueue(workerCount, eventsMax, bytesMax, nanoClock, worker, watch);
    metrics.watch(queue);
    for (int number = 0; number < workerCount; number++) {
      var loop = new WorkerLoop(queue, worker, nanoClock, metrics, watch.limit(number));
      var thread = new Thread(loop, "model-worker-" + number);
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
   * @throws ReasonException {@code QUEUE_FULL}, {@code WAIT_TOO_LONG} or {@code DRAINING}; the
   *     answerer is then not told
   */
  void submit(QueuedRequest request) {
    try {
      add(request);
    } catch (ReasonException e) {
      if (request.lane() != Lane.SHADOW) {
        request.model().activity().failed(nowNanos() - request.admittedNanos());
      }
      request.model().release();
      throw e;
    }
  }

  private void add(QueuedRequest request) {
    long expectedNanos = request.model().pace().nanosFor(request.sizeBytes());
    synchronized (lock) {
      if (draining) {
        throw QueueRefusals.draining();
      }
      limits.requireRoom(backlog, request, expectedNanos, nowNanos());
      backlog.add(new RequestRun(request, expectedNanos));
      lock.notify();
    }
  }

  /**
   * Drops what waits of {@code request}; its answerer is then never told.
   *
   * @return false if all of it runs or has ended
   */
  boolean cancel(QueuedRequest request) {
    boolean isEnded;
    synchronized (lock) {
      var run = backlog.remove(request);
      if (run == null) {
        return false;
      }
      run.isAbandoned = true;
      run.skipRest();
      isEnded = run.holders == 0;
      lock.notifyAll();
    }
    if (isEnded) {
      request.model().release();
    }
    return true;
  }

  /** Events that wait for a worker. */
  int waitingEvents() {
    synchronized (lock) {
      return backlog.events();
    }
  }

  /** Bytes of the requests that wait for a worker. */
  long waitingBytes() {
    synchronized (lock) {
      return backlog.bytes();
    }
  }

  /** How long a realtime request that came now would wait for a worker, as far as is known. */
  long predictedWaitNanos() {
    synchronized (lock) {
      return backlog.nanosBefore(Lane.REALTIME) / workerCount;
    }
  }

  /** Threads that predict. */
  int workerCount() {
    return workerCount;
  }

  /** Events that wait or run. */
  int eventsInFlight() {
    synchronized (lock) {
      return backlog.events() + runningEvents;
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
      backlog.passOverShadows();
      while (backlog.events() + runningEvents > 0) {
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
    var left = new ArrayList<QueuedRequest>();
    synchronized (lock) {
      draining = true;
      closed = true;
      for (RequestRun run : backlog.clear()) {
        run.fail(QueueRefusals.draining());
        run.skipRest();
        // Else a worker still runs a part of it and will tell its end.
        if (run.holders == 0) {
          left.add(run.request());
        }
      }
      lock.notifyAll();
    }
    for (var request : left) {
      worker.refuse(request, QueueRefusals.draining());
      request.model().release();
    }
    long deadline = System.nanoTime() + JOIN_MAX.toNanos();
    try (watch) {
      for (Thread thread : threads) {
        // At least 1 ms, as a join of 0 waits for ever.
        long leftMillis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        thread.join(Math.max(1, leftMillis));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next that waits, from now on held by the calling worker; null when the queue is closed. */
  @Nullable RequestRun take() {
    synchronized (lock) {
      while (backlog.isEmpty() && !closed) {
        idleWorkers++;
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // Nobody but a JVM that ends interrupts a worker; it goes as if the queue were closed.
          Thread.currentThread().interrupt();
          return null;
        } finally {
          idleWorkers--;
        }
      }
      return held(backlog.poll());
    }
  }

  /**
   * Like {@link #take}, of those that wait for {@code model}; null at once if there is none, or
   * another worker is free to take it.
   */
  @Nullable RequestRun takeFor(ServedModel model) {
    synchronized (lock) {
      return idleWorkers > 0 ? null : held(backlog.poll(model));
    }
  }

  /** Why {@link #takeFor} had nothing. */
  Round.Close whyNoMore() {
    synchronized (lock) {
      if (backlog.isEmpty()) {
        return Round.Close.DRAINED;
      }
      return idleWorkers > 0 ? Round.Close.SPREAD : Round.Close.SHAPE;
    }
  }

  @GuardedBy("lock")
  private @Nullable RequestRun held(@Nullable RequestRun run) {
    if (run != null) {
      run.holders++;
      runningEvents += run.waitingEvents();
    }
    return run;
  }

  /**
   * Lets what is left of {@code run} wait again; the calling worker still holds the other part.
   *
   * @param hadItsTurn whether it was taken for itself, and not as company of another
   */
  void giveBack(RequestRun run, boolean hadItsTurn) {
    synchronized (lock) {
      runningEvents -= run.waitingEvents();
      backlog.addRest(run, hadItsTurn);
      lock.notifyAll();
    }
  }

  /**
   * Ends the calling worker's hold on {@code run}.
   *
   * @return whether nothing of it waits or is held by others any more: it has ended
   */
  boolean isLastHolder(RequestRun run) {
    synchronized (lock) {
      run.holders--;
      if (run.failure() != null && backlog.remove(run.request()) != null) {
        run.skipRest();
      }
      return run.holders == 0 && run.waitingEvents() == 0;
    }
  }

  /** So many events that the calling worker held have ended. */
  void done(int events) {
    synchronized (lock) {
      runningEvents -= events;
      lock.notifyAll();
    }
  }
}
