// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import icecube.load.ServerCounters.Counts;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One run: sends requests at a pace and keeps the account.
 *
 * <p>The calling thread paces an open loop; a closed loop is driven by the answers, on their
 * threads. A closed loop asks again after a failure only at the next tick of {@link #TICK_NANOS},
 * so that a server that refuses at once is not asked a million times a second. Used once.
 */
public final class LoadRun {
  /** How often a waiting run looks around. */
  static final long TICK_NANOS = 1_000_000;

  /** Told of each request answered OK within the window, on any thread. */
  public interface Samples {
    /** Nobody listens. */
    Samples NONE = (request, latencyNanos) -> {};

    /**
     * @param request as the caller numbers them
     * @param latencyNanos from the moment it was meant to be sent
     */
    void add(int request, long latencyNanos);
  }

  private final Caller caller;
  private final Pace pace;
  private final LoadClock clock;
  private final ServerCounters counters;
  private final Samples samples;
  private final Tally tally;
  private final long startNanos;
  private final long fromNanos;
  private final long untilNanos;
  private final long timeoutNanos;
  private final long seed;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong sent = new AtomicLong();
  private @Nullable CompletableFuture<Optional<Counts>> countsAtFrom;

  private LoadRun(
      Caller caller, Settings settings, LoadClock clock, ServerCounters counters, Samples samples) {
    this.caller = caller;
    this.pace = settings.pace();
    this.clock = clock;
    this.counters = counters;
    this.samples = samples;
    this.seed = settings.seed();
    this.timeoutNanos = settings.timeout().toNanos();
    this.startNanos = clock.nanoTime();
    this.fromNanos = startNanos + settings.window().warmUp().toNanos();
    this.untilNanos = fromNanos + settings.window().length().toNanos();
    this.tally = new Tally(fromNanos, untilNanos, settings.window().requestsMax());
  }

  /**
   * How load is made.
   *
   * @param timeout how long answers are waited for after the window; above 0, at most 1 h
   * @param seed of the gaps of an open loop
   */
  public record Settings(Pace pace, Window window, Duration timeout, long seed) {
    private static final Duration TIMEOUT_MAX = Duration.ofHours(1);

    public Settings {
      if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(TIMEOUT_MAX) > 0) {
        throw new IllegalArgumentException(
            "timeout: " + timeout + " (expected: above 0, at most 1 h)");
      }
    }
  }

  /** Runs to its end; the caller stays open. */
  public static LoadResult run(
      Caller caller, Settings settings, LoadClock clock, ServerCounters counters, Samples samples)
      throws InterruptedException {
    return new LoadRun(caller, settings, clock, counters, samples).run();
  }

  private LoadResult run() throws InterruptedException {
    boolean exhausted;
    if (pace instanceof Pace.Closed closed) {
      runClosed(closed.concurrency());
      exhausted = tally.isFull();
    } else if (pace instanceof Pace.Open open) {
      exhausted = runOpen(open.schedule(seed));
    } else {
      throw new AssertionError("pace: " + pace);
    }
    awaitAnswers();
    return tally.result(exhausted, split());
  }

  /** Answers whether sending ended before the window. */
  private boolean runOpen(Pace.Schedule schedule) throws InterruptedException {
    for (long offset = schedule.nextOffsetNanos();
        offset != Pace.Schedule.END;
        offset = schedule.nextOffsetNanos()) {
      long intended = startNanos + offset;
      if (!tally.admits(intended)) {
        clock.awaitUntil(tally.isFull() ? clock.nanoTime() : untilNanos);
        return tally.isFull();
      }
      clock.awaitUntil(intended);
      noticeWindow(intended);
      if (inFlight.get() >= Pace.IN_FLIGHT_LIMIT) {
        tally.notSent(intended);
      } else {
        send(intended, () -> {}, () -> {});
      }
    }
    return true;
  }

  private void runClosed(int concurrency) throws InterruptedException {
    Queue<Slot> resting = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < concurrency; i++) {
      resting.add(new Slot(resting));
    }
    for (long now = clock.nanoTime(); now < untilNanos && !tally.isFull(); now = clock.nanoTime()) {
      noticeWindow(now);
      // As many as rest now, and not those that fail at once and come back.
      for (int left = resting.size(); left > 0; left--) {
        Slot slot = resting.poll();
        if (slot != null) {
          slot.turn();
        }
      }
      clock.awaitUntil(Math.min(untilNanos, now + TICK_NANOS));
    }
  }

  /** One of the requests that a closed loop keeps in flight. */
  private final class Slot {
    private final Queue<Slot> resting;
    private final AtomicInteger turns = new AtomicInteger();

    Slot(Queue<Slot> resting) {
      this.resting = resting;
    }

    /** Sends the next. An answer that comes within the call itself does not nest. */
    void turn() {
      if (turns.getAndIncrement() > 0) {
        return;
      }
      do {
        long now = clock.nanoTime();
        if (tally.admits(now)) {
          send(now, this::turn, () -> resting.add(this));
        }
      } while (turns.decrementAndGet() > 0);
    }
  }

  private void send(long intended, Runnable afterSuccess, Runnable afterFailure) {
    int request = (int) (sent.getAndIncrement() % caller.requestCount());
    inFlight.incrementAndGet();
    long sentNanos = clock.nanoTime();
    caller.call(
        request,
        outcome -> {
          long answered = clock.nanoTime();
          tally.answered(intended, sentNanos, answered, caller.itemCount(request), outcome);
          if (outcome.isOk() && intended >= fromNanos) {
            samples.add(request, answered - intended);
          }
          inFlight.decrementAndGet();
          (outcome.isOk() ? afterSuccess : afterFailure).run();
        });
  }

  private void noticeWindow(long nanos) {
    if (countsAtFrom == null && nanos >= fromNanos) {
      countsAtFrom = counters.read();
    }
  }

  private void awaitAnswers() throws InterruptedException {
    long deadline = clock.nanoTime() + timeoutNanos;
    for (long now = clock.nanoTime();
        inFlight.get() > 0 && now < deadline;
        now = clock.nanoTime()) {
      clock.awaitUntil(Math.min(deadline, now + TICK_NANOS));
    }
  }

  private Optional<ServerSplit> split() throws InterruptedException {
    if (countsAtFrom == null) {
      return Optional.empty();
    }
    var from = await(countsAtFrom);
    var to = await(counters.read());
    return from.flatMap(before -> to.flatMap(after -> ServerSplit.between(before, after)));
  }

  private static Optional<Counts> await(CompletableFuture<Optional<Counts>> counts)
      throws InterruptedException {
    try {
      return counts.get(2 * ServerCounters.READ_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }
}
