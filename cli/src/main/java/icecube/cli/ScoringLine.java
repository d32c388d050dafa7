// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.BatchEvents;
import icecube.physics.Event;
import icecube.v1.EventResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way through several workers and out again in their order.
 *
 * <p>They go in chunks of at most {@link #CHUNK_EVENTS_MAX} events, fewer if they are bright: half
 * of all pulses sit in 4 % of the events, so a chunk also ends at {@link #CHUNK_PULSES_MAX} pulses.
 * At most two chunks a worker are under way; who adds more waits for the oldest. Confined to the
 * thread that adds.
 */
final class ScoringLine {
  /** Enough that many events of a chunk have the same length and run together. */
  static final int CHUNK_EVENTS_MAX = 1_024;

  /** Pulses after which a chunk ends: 13 bytes each, and at most 768 rows of 24 an event. */
  static final int CHUNK_PULSES_MAX = 1 << 18;

  private static final int CHUNKS_PER_WORKER = 2;

  private final Scorer scorer;
  private final ExecutorService workers;
  private final int chunksMax;
  private final Sink sink;
  private final Deque<Chunk> underWay = new ArrayDeque<>();
  private List<BatchEvents.Entry> next = new ArrayList<>();
  private int nextPulses;

  /** Who is given every event and what became of it, in the order they were added. */
  interface Sink {
    void take(BatchEvents.Entry entry, EventResult result);
  }

  private record Chunk(List<BatchEvents.Entry> entries, Future<List<EventResult>> results) {}

  ScoringLine(Scorer scorer, ExecutorService workers, int workerCount, Sink sink) {
    this.scorer = scorer;
    this.workers = workers;
    this.chunksMax = CHUNKS_PER_WORKER * workerCount;
    this.sink = sink;
  }

  /** Adds an event; may give earlier ones to the sink, on this thread. */
  void add(BatchEvents.Entry entry) throws InterruptedException {
    next.add(entry);
    nextPulses += entry.event().pulses().count();
    if (next.size() == CHUNK_EVENTS_MAX || nextPulses >= CHUNK_PULSES_MAX) {
      send();
    }
  }

  private void send() throws InterruptedException {
    if (underWay.size() == chunksMax) {
      takeOldest();
    }
    List<BatchEvents.Entry> entries = next;
    List<Event> events = entries.stream().map(BatchEvents.Entry::event).toList();
    underWay.add(new Chunk(entries, workers.submit(() -> scorer.score(events))));
    next = new ArrayList<>();
    nextPulses = 0;
  }

  /** Waits until every event has been given to the sink. */
  void finish() throws InterruptedException {
    if (!next.isEmpty()) {
      send();
    }
    while (!underWay.isEmpty()) {
      takeOldest();
    }
  }

  private void takeOldest() throws InterruptedException {
    @Nullable Chunk oldest = underWay.poll();
    if (oldest == null) {
      return;
    }
    List<EventResult> results;
    try {
      results = oldest.results().get();
    } catch (ExecutionException e) {
      throw BatchWork.unwrapped(e);
    }
    if (results.size() != oldest.entries().size()) {
      throw new IllegalStateException(
          "results: %d (expected: %d, one an event)"
              .formatted(results.size(), oldest.entries().size()));
    }
    for (int index = 0; index < results.size(); index++) {
      sink.take(oldest.entries().get(index), results.get(index));
    }
  }

  /** Gives up what is under way. */
  void cancel() {
    underWay.forEach(chunk -> chunk.results().cancel(true));
    underWay.clear();
  }
}
