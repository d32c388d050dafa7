// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.CurrentSpan;
import icecube.proto.ReasonException;
import icecube.v1.Reason;
import io.opentelemetry.api.trace.Span;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker does with requests: begins them, runs what it took of them, tells their end, and
 * counts. Thread-safe; what it is given is confined to the calling worker.
 *
 * <p>Nothing that goes wrong with a request ends the worker, or another request.
 */
final class PredictionWorker {
  private static final Logger LOG = LoggerFactory.getLogger(PredictionWorker.class);

  private final ModelServerMetrics metrics;
  private final RequestTraces traces;

  PredictionWorker(ModelServerMetrics metrics, RequestTraces traces) {
    this.metrics = metrics;
    this.traces = traces;
  }

  /** What it traces by. */
  RequestTraces traces() {
    return traces;
  }

  /** Decodes a request that a worker sees for the first time; what is wrong is kept in it. */
  void begin(RequestRun run, long nowNanos) {
    var request = run.request();
    run.start(nowNanos);
    request.trace().begun(nowNanos - request.admittedNanos());
    if (request.lane() != Lane.SHADOW) {
      var current = CurrentSpan.of(request.trace().server());
      metrics.waited(nowNanos - request.admittedNanos());
      current.close();
    }
    try {
      requireInTime(request, nowNanos, "waited");
      run.decoded(request.question().decode(request.model()));
    } catch (RuntimeException | Error e) {
      run.fail(e);
    }
  }

  /**
   * {@code batch} is about to run: requests that had nothing run before have waited until now. Each
   * is told within its own span, so that its exemplar leads to its own trace.
   */
  void starts(Round round, MicroBatch batch, long nowNanos) {
    for (int item = 0; item < batch.itemCount(); item++) {
      var run = round.runOf(batch.task(item));
      var request = run.request();
      if (run.startsFirst() && request.lane() != Lane.SHADOW) {
        CurrentSpan.run(
            request.trace().server(), () -> metrics.waitedForBatch(nowNanos - run.startNanos()));
      }
    }
  }

  /** Runs {@code batch}, of the requests of {@code round}; {@code span} is told if that fails. */
  void run(ServedModel served, Round round, MicroBatch batch, Span span, LongSupplier nanoClock) {
    long startNanos = nanoClock.getAsLong();
    try {
      served.inference().run(batch);
      long nanos = nanoClock.getAsLong() - startNanos;
      metrics.ran(served.card(), batch.itemCount(), nanos);
      served.activity().batched(batch.itemCount(), nanos);
    } catch (RuntimeException | Error e) {
      RequestTraces.failed(span, e);
      // Stopped, as nobody waits any more: they are told so at their end.
      if (round.isWanted(nanoClock.getAsLong())) {
        findFault(served.inference(), round, batch, e, nanoClock);
      }
    }
    round.ran(batch);
  }

  /** Runs the items of a batch that failed one by one, so that only what is wrong ends so. */
  private static void findFault(
      InferenceModel model, Round round, MicroBatch batch, Throwable e, LongSupplier nanoClock) {
    if (batch.itemCount() == 1) {
      round.runOf(batch.task(0)).fail(e);
      return;
    }
    var alone = new MicroBatch(1, batch.limit());
    for (int index = 0; index < batch.itemCount(); index++) {
      var run = round.runOf(batch.task(index));
      if (run.failure() == null && !run.request().isExpired(nanoClock.getAsLong())) {
        alone.begin(batch.rowCount());
        alone.add(batch.task(index), batch.item(index));
        try {
          model.run(alone);
        } catch (RuntimeException | Error own) {
          // Of one that is over time it is told at its end that it is.
          if (!run.request().isExpired(nanoClock.getAsLong())) {
            run.fail(own);
          }
        }
      }
    }
  }

  /** Brings a request that has nothing left to run to its end: an answer, or a refusal. */
  void end(RequestRun run, LongSupplier nanoClock) {
    var current = CurrentSpan.of(run.request().trace().server());
    try {
      endCurrent(run, nanoClock);
    } finally {
      current.close();
    }
  }

  private void endCurrent(RequestRun run, LongSupplier nanoClock) {
    var request = run.request();
    try {
      var failure = run.failure();
      if (failure != null) {
        fail(request, failure, nanoClock);
        return;
      }
      var reply = request.question().reply(request.model());
      long endNanos = nanoClock.getAsLong();
      if (request.lane() != Lane.SHADOW) {
        metrics.computed(request, endNanos - run.startNanos());
      }
      var activity = request.model().activity();
      activity.ran(run.startNanos() - request.admittedNanos(), endNanos - run.startNanos());
      requireInTime(request, endNanos, "ran");
      activity.answered(
          request.eventCount(), endNanos - request.admittedNanos(), System.currentTimeMillis());
      ended(request, endNanos);
      answer(request, reply);
    } catch (RuntimeException | Error e) {
      fail(request, e, nanoClock);
    }
  }

  private void fail(QueuedRequest request, Throwable failure, LongSupplier nanoClock) {
    long nowNanos = nanoClock.getAsLong();
    request.model().activity().failed(nowNanos - request.admittedNanos());
    ended(request, nowNanos);
    refuse(request, request.model().faults().reasonOf(request.question(), failure, nowNanos));
  }

  private void ended(QueuedRequest request, long nowNanos) {
    if (request.lane() != Lane.SHADOW) {
      metrics.ended(nowNanos - request.admittedNanos());
    }
  }

  /** Tells that {@code request} ends without an answer. */
  void refuse(QueuedRequest request, ReasonException why) {
    if (request.lane() != Lane.SHADOW) {
      metrics.dropped(why.reason());
    }
    try {
      request.question().refuse(request, why);
    } catch (RuntimeException e) {
      logUntold(e);
    }
  }

  private void answer(QueuedRequest request, Question.Reply reply) {
    reply.count(request, metrics);
    try {
      reply.tell(request);
    } catch (RuntimeException e) {
      logUntold(e);
    }
  }

  // The caller has gone between two checks: there is nobody left to tell.
  private static void logUntold(RuntimeException e) {
    LOG.atDebug().setCause(e).log("a caller could not be told the end of its request");
  }

  private static void requireInTime(QueuedRequest request, long nowNanos, String verb) {
    if (request.isExpired(nowNanos)) {
      throw new ReasonException(
          Reason.REASON_TIMEOUT_EXPIRED,
          "request: %s %.1f ms (expected: within its timeout); allow more time or retry later"
              .formatted(verb, (nowNanos - request.admittedNanos()) / 1e6));
    }
  }
}
