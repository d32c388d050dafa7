// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.Quality;
import icecube.proto.PredictionCodec;
import icecube.proto.ReasonException;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;

/**
 * The line fit in the place of a model that cannot answer, for callers that allow it: when the
 * model is not ready, and when it breaks while it runs. What it says is flagged {@code DEGRADED}.
 *
 * <p>Nobody is answered so for being late, for overload, or for what is the request's own fault.
 * Thread-safe.
 */
final class DegradedAnswers {
  /** A model, and who is told what becomes of the request to it. */
  record Asked(ServedModel model, Answerer<PredictResponse> answerer) {}

  private final ModelRepository models;
  private final RequestPredictor predictor;
  private final PredictionQueue queue;
  private final ModelServerMetrics metrics;

  DegradedAnswers(
      ModelRepository models,
      RequestPredictor predictor,
      PredictionQueue queue,
      ModelServerMetrics metrics) {
    this.models = models;
    this.predictor = predictor;
    this.queue = queue;
    this.metrics = metrics;
  }

  /**
   * Who stands in for {@code model}, which was found ready, should it break at {@code request}.
   *
   * @return the model itself, with an answerer that asks the line fit then; the same as given if
   *     the request does not allow it, or asks the line fit anyway
   */
  Asked ready(ServedModel model, PredictRequest request, Answerer<PredictResponse> answerer) {
    boolean isLineFit = model.card().name().equals(BuiltInModels.LINE_FIT);
    return request.getDegradedAllowed() && !isLineFit
        ? new Asked(model, new IfItBreaks(request, answerer))
        : new Asked(model, answerer);
  }

  /**
   * Who answers {@code request}, as the model it asks for cannot be asked.
   *
   * @param why what the model's absence is
   * @return the line fit, retained
   * @throws ReasonException {@code why}, if the request does not allow it, or it is no matter of
   *     the model's health
   */
  Asked notReady(PredictRequest request, ReasonException why, Answerer<PredictResponse> answerer) {
    if (!request.getDegradedAllowed() || why.reason() != Reason.REASON_MODEL_NOT_READY) {
      throw why;
    }
    try {
      return new Asked(lineFit(), new Flagging(request.getModelName(), why.reason(), answerer));
    } catch (ReasonException e) {
      // It may be unloaded, too; what the caller asked for is what it should hear of.
      why.addSuppressed(e);
      throw why;
    }
  }

  private ServedModel lineFit() {
    return models.acquire(BuiltInModels.LINE_FIT, "");
  }

  private static PredictResponse flagged(PredictResponse response) {
    var flagged = response.toBuilder();
    for (EventResult.Builder result : flagged.getResultsBuilderList()) {
      if (result.hasPrediction()) {
        result.getPredictionBuilder().addQuality(PredictionCodec.encode(Quality.DEGRADED));
      }
    }
    return flagged.build();
  }

  private static int predicted(PredictResponse response) {
    return (int) response.getResultsList().stream().filter(EventResult::hasPrediction).count();
  }

  /** Flags what the line fit says in the place of {@code model}. */
  private final class Flagging implements Answerer<PredictResponse> {
    private final String model;
    private final Reason why;
    private final Answerer<PredictResponse> caller;

    Flagging(String model, Reason why, Answerer<PredictResponse> caller) {
      this.model = model;
      this.why = why;
      this.caller = caller;
    }

    @Override
    public void answered(QueuedRequest request, PredictResponse response) {
      metrics.degraded(model.isEmpty() ? models.defaultName() : model, why, predicted(response));
      caller.answered(request, flagged(response));
    }

    @Override
    public void refused(QueuedRequest request, ReasonException failure) {
      caller.refused(request, failure);
    }
  }

  /** Asks the line fit if the model broke; in the queue, as a new request with the time left. */
  private final class IfItBreaks implements Answerer<PredictResponse> {
    private final PredictRequest sent;
    private final Answerer<PredictResponse> caller;

    IfItBreaks(PredictRequest sent, Answerer<PredictResponse> caller) {
      this.sent = sent;
      this.caller = caller;
    }

    @Override
    public void answered(QueuedRequest request, PredictResponse response) {
      caller.answered(request, response);
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      if (why.reason() != Reason.REASON_INTERNAL) {
        caller.refused(request, why);
        return;
      }
      long elapsedNanos = queue.nowNanos() - request.admittedNanos();
      // Before it waits again: from then on it is whoever's takes it.
      request.trace().broke(why);
      try {
        queue.submit(again(request, why));
        request.trace().stoodIn(why, elapsedNanos);
      } catch (ReasonException e) {
        why.addSuppressed(e);
        caller.refused(request, why);
      }
    }

    private QueuedRequest again(QueuedRequest request, ReasonException why) {
      var flagging = new Flagging(request.model().card().name(), why.reason(), caller);
      return new QueuedRequest(
          new PredictQuestion(sent, predictor, new AsIf(request, flagging)),
          lineFit(),
          request.eventCount(),
          request.sizeBytes(),
          request.admittedNanos(),
          request.deadlineNanos(),
          request.lane(),
          request.trace());
    }
  }

  /** Speaks of the request that the caller knows. */
  private record AsIf(QueuedRequest known, Answerer<PredictResponse> caller)
      implements Answerer<PredictResponse> {
    @Override
    public void answered(QueuedRequest request, PredictResponse response) {
      caller.answered(known, response);
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      caller.refused(known, why);
    }
  }
}
