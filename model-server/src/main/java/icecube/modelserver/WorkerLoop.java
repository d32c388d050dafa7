// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.CurrentSpan;
import io.opentelemetry.api.trace.Span;
import java.util.function.LongSupplier;

/**
 * What one worker does as long as the queue is open: takes a round, runs it, tells the end of what
 * has ended. Confined to its thread.
 */
final class WorkerLoop implements Runnable {
  private final PredictionQueue queue;
  private final PredictionWorker worker;
  private final LongSupplier nanoClock;
  private final ModelServerMetrics metrics;
  private final Round round = new Round();
  private final RunLimit limit;
  private final MicroBatch batch;
  private int runs;

  WorkerLoop(
      PredictionQueue queue,
      PredictionWorker worker,
      LongSupplier nanoClock,
      ModelServerMetrics metrics,
      RunLimit limit) {
    this.queue = queue;
    this.worker = worker;
    this.nanoClock = nanoClock;
    this.metrics = metrics;
    this.limit = limit;
    this.batch = new MicroBatch(MicroBatches.ITEM_COUNT_LIMIT, limit);
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // a matter of speed only
  public void run() {
    for (var first = queue.take(); first != null; first = queue.take()) {
      try {
        runRound(first);
      } finally {
        settle(false);
        round.clear();
        batch.begin(0);
      }
      // The event loops send the answers first: kernels seldom interrupt a run for them.
      Thread.yield();
    }
  }

  private void runRound(RequestRun first) {
    long startNanos = nanoClock.getAsLong();
    var model = first.request().model();
    round.begin(model.inference().batchScale());
    join(first);
    metrics.closed(fill(model));
    limit.until(round.lastDeadlineNanos());
    round.batches().sort();
    Span span = worker.traces().round(round);
    runs = 0;
    try {
      while (round.batches().next(batch) && round.isWanted(nanoClock.getAsLong())) {
        runBatch(model, span);
        settle(true);
      }
    } finally {
      RequestTraces.end(span, runs);
    }
    model.pace().saw(round.bytes(), nanoClock.getAsLong() - startNanos);
  }

  private void runBatch(ServedModel model, Span roundSpan) {
    // Before the run's span, which stands in the trace of one of several requests.
    worker.starts(round, batch, nanoClock.getAsLong());
    Span span = worker.traces().run(roundSpan, ++runs, model, batch);
    var current = CurrentSpan.of(span);
    try {
      worker.run(model, round, batch, span, nanoClock);
    } finally {
      current.close();
      span.end();
    }
  }

  /** Takes further requests to {@code model} until the round is full. */
  private Round.Close fill(ServedModel model) {
    while (!round.isFull()) {
      var more = queue.takeFor(model);
      if (more == null) {
        return queue.whyNoMore();
      }
      join(more);
    }
    return Round.Close.FULL;
  }

  /** Takes as much of {@code run} as fits, and gives the rest back. */
  private void join(RequestRun run) {
    round.add(run, run.waitingEvents());
    if (!run.isDecoded()) {
      worker.begin(run, nanoClock.getAsLong());
    }
    if (run.failure() != null) {
      run.skipRest();
      return;
    }
    if (run.request().isExpired(nanoClock.getAsLong())) {
      round.skip();
      run.skipRest();
      return;
    }
    round.moved(run.moveTo(round.batches(), round.weightMax()));
    if (run.waitingEvents() > 0) {
      round.giveBack(run.waitingEvents());
      // Who came as company has not had a turn yet.
      queue.giveBack(run, round.runCount() == 1);
    }
  }

  /**
   * Ends what has ended: a short event does not wait for the long ones of its round.
   *
   * @param onlyDone whether to leave those of which this round still has something to run
   */
  private void settle(boolean onlyDone) {
    for (int index = 0; index < round.runCount(); index++) {
      if (round.takeToSettle(index, onlyDone)) {
        settle(round.run(index), round.heldEvents(index));
      }
    }
  }

  /** This worker has done its part of {@code run}; the last to do so tells its end. */
  private void settle(RequestRun run, int heldEvents) {
    boolean isEnded = queue.isLastHolder(run);
    try {
      if (isEnded && !run.isAbandoned) {
        worker.end(run, nanoClock);
      }
    } finally {
      try {
        if (isEnded) {
          run.request().model().release();
        }
      } finally {
        queue.done(heldEvents);
      }
    }
  }
}
