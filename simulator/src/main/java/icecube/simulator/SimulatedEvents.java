// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A range of a simulator's events in the order of their indices, made ahead by several threads.
 *
 * <p>Threads make chunks of {@value #CHUNK_EVENTS} events; at most {@value
 * #CHUNKS_AHEAD_PER_THREAD} chunks a thread wait to be read, so a slow reader holds the makers
 * back. The events do not depend on the number of threads.
 *
 * <p>{@link #next} belongs to one thread; {@link #close} may be called from any, also while another
 * waits in {@code next}, and returns without waiting for chunks half made.
 */
public final class SimulatedEvents implements AutoCloseable {
  /** Events made by one thread at a stretch. */
  public static final int CHUNK_EVENTS = 32;

  /** Chunks ready or in the making, per thread. */
  public static final int CHUNKS_AHEAD_PER_THREAD = 4;

  /** The most threads. */
  public static final int THREAD_MAX = 1_024;

  private final Simulator simulator;
  private final long endIndex;
  private final int chunkAheadMax;
  private final ExecutorService threads;
  private final Object lock = new Object();
  private final ArrayDeque<Future<SimulatedEvent[]>> ahead = new ArrayDeque<>();
  private @Nullable Future<SimulatedEvent[]> awaited;
  private long nextChunkIndex;
  private boolean isClosed;
  private SimulatedEvent[] chunk = new SimulatedEvent[0];
  private int nextInChunk;

  private SimulatedEvents(Simulator simulator, long firstIndex, long endIndex, int threadCount) {
    this.simulator = simulator;
    this.nextChunkIndex = firstIndex;
    this.endIndex = endIndex;
    this.chunkAheadMax = threadCount * CHUNKS_AHEAD_PER_THREAD;
    var number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            threadCount,
            work -> {
              var thread = new Thread(work, "simulator-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts making the events {@code firstIndex} to {@code firstIndex + count − 1}.
   *
   * @throws IllegalArgumentException if the range is no range of indices or the threads are not
   *     1..{@value #THREAD_MAX}
   */
  public static SimulatedEvents open(
      Simulator simulator, long firstIndex, long count, int threads) {
    requireNonNull(simulator, "simulator");
    if (firstIndex < 0) {
      throw new IllegalArgumentException("firstIndex: " + firstIndex + " (expected: >= 0)");
    }
    if (count < 0 || count > Long.MAX_VALUE - firstIndex) {
      throw new IllegalArgumentException(
          "count: " + count + " (expected: 0.." + (Long.MAX_VALUE - firstIndex) + ")");
    }
    if (threads < 1 || threads > THREAD_MAX) {
      throw new IllegalArgumentException(
          "threads: " + threads + " (expected: 1.." + THREAD_MAX + ")");
    }
    var events = new SimulatedEvents(simulator, firstIndex, firstIndex + count, threads);
    events.fill();
    return events;
  }

  /**
   * The next event, or null after the last.
   *
   * @throws IllegalStateException if closed
   * @throws CancellationException if interrupted (the thread stays interrupted) or closed meanwhile
   */
  public @Nullable SimulatedEvent next() {
    if (nextInChunk == chunk.length) {
      var fresh = takeChunk();
      if (fresh == null) {
        return null;
      }
      chunk = fresh;
      nextInChunk = 0;
    }
    return chunk[nextInChunk++];
  }

  private SimulatedEvent @Nullable [] takeChunk() {
    var first = takeFirst();
    if (first == null) {
      return null;
    }
    try {
      return first.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var cancelled = new CancellationException("simulation: interrupted while an event was made");
      cancelled.initCause(e);
      throw cancelled;
    } catch (ExecutionException e) {
      throw new IllegalStateException("simulation: an event could not be made", e.getCause());
    }
  }

  private @Nullable Future<SimulatedEvent[]> takeFirst() {
    synchronized (lock) {
      if (isClosed) {
        throw new IllegalStateException("events: closed (expected: open)");
      }
      fill();
      awaited = ahead.pollFirst();
      return awaited;
    }
  }

  private void fill() {
    synchronized (lock) {
      while (ahead.size() < chunkAheadMax && nextChunkIndex < endIndex) {
        long from = nextChunkIndex;
        int count = (int) Math.min(CHUNK_EVENTS, endIndex - from);
        ahead.addLast(threads.submit(() -> make(from, count)));
        nextChunkIndex += count;
      }
    }
  }

  /** Chunks ready or in the making, for the test of the limit. */
  int chunksAhead() {
    synchronized (lock) {
      return ahead.size();
    }
  }

  private SimulatedEvent[] make(long from, int count) {
    var events = new SimulatedEvent[count];
    for (int event = 0; event < count; event++) {
      events[event] = simulator.event(from + event);
    }
    return events;
  }

  @Override
  public void close() {
    synchronized (lock) {
      isClosed = true;
      ahead.forEach(future -> future.cancel(false));
      ahead.clear();
      if (awaited != null) {
        awaited.cancel(false);
      }
    }
    threads.shutdownNow();
  }
}
