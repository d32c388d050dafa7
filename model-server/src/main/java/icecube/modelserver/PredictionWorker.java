// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker does with one request: runs it, tells its end, and counts it. Thread-safe.
 *
 * <p>Nothing that goes wrong with a request ends the worker.
 */
final class PredictionWorker {
  private static final Logger LOG = LoggerFactory.getLogger(PredictionWorker.class);

  private final RequestPredictor predictor;
  private final ModelServerMetrics metrics;

  PredictionWorker(RequestPredictor predictor, ModelServerMetrics metrics) {
    this.predictor = predictor;
    this.metrics = metrics;
  }

  /** Brings {@code request} to its end: an answer, or a refusal. */
  void end(QueuedRequest request, LongSupplier nanoClock) {
    long startNanos = nanoClock.getAsLong();
    var activity = request.model().activity();
    try {
      requireInTime(request, startNanos, "waited");
      var response = predictor.predict(request.request(), request.model());
      long endNanos = nanoClock.getAsLong();
      metrics.computed(request, endNanos - startNanos);
      activity.ran(startNanos - request.admittedNanos(), endNanos - startNanos);
      requireInTime(request, endNanos, "ran");
      activity.answered(
          request.eventCount(), endNanos - request.admittedNanos(), System.currentTimeMillis());
      answer(request, response);
    } catch (ReasonException e) {
      activity.failed(nanoClock.getAsLong() - request.admittedNanos());
      refuse(request, e);
    } catch (RuntimeException | Error e) {
      // The model's fault or ours, for one request only; the worker lives on. An Error too (no
      // memory, no native library): a dead worker would leave its caller and the queue waiting.
      LOG.atError()
          .setCause(e)
          .addKeyValue("model", request.model().card().name())
          .addKeyValue("model_version", request.model().card().version())
          .log("request could not be predicted");
      activity.failed(nanoClock.getAsLong() - request.admittedNanos());
      refuse(
          request,
          new ReasonException(
              Reason.REASON_INTERNAL,
              "model: "
                  + request.model().card().label()
                  + " could not be run; see the server's log",
              e));
    }
  }

  /** Tells that {@code request} ends without an answer. */
  void refuse(QueuedRequest request, ReasonException why) {
    metrics.dropped(why.reason());
    try {
      request.answerer().refused(request, why);
    } catch (RuntimeException e) {
      logUntold(e);
    }
  }

  private void answer(QueuedRequest request, PredictResponse response) {
    metrics.answered(request.model().card(), response);
    try {
      request.answerer().answered(request, response);
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
