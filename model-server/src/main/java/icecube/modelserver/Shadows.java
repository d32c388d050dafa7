// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.AngularError;
import icecube.physics.Direction;
import icecube.proto.ReasonException;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Quality;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Asks shadows what champions have answered, and has it measured how far apart the two are.
 *
 * <p>A shadow is asked once the champion's answer is on its way, in a lane of its own that is taken
 * only when nothing else waits, and not at all if that lane is full. So the champion's answer never
 * depends on it; a request that comes while a shadow runs waits at most for that one request of the
 * shadow. Thread-safe.
 */
final class Shadows {
  /** A shadow that has not answered by then is not waited for, and its run is stopped. */
  static final long RUN_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  private final ModelRepository models;
  private final RequestPredictor predictor;
  private final PredictionQueue queue;
  private final ShadowMetrics metrics;

  Shadows(
      ModelRepository models,
      RequestPredictor predictor,
      PredictionQueue queue,
      ShadowMetrics metrics) {
    this.models = models;
    this.predictor = predictor;
    this.queue = queue;
    this.metrics = metrics;
  }

  /**
   * Who is told the answer of {@code model} to {@code request}.
   *
   * @param key by which the share of requests is drawn that the shadow is asked, too
   * @return {@code caller} itself, if the model has no shadow or this request is not drawn
   */
  Answerer<PredictResponse> behind(
      PredictRequest request, ServedModel model, long key, Answerer<PredictResponse> caller) {
    if (!request.getModelVersion().isEmpty()) {
      return caller;
    }
    return models
        .shadowOf(model, key)
        .<Answerer<PredictResponse>>map(shadow -> new Champion(request, shadow, caller))
        .orElse(caller);
  }

  /** Tells the caller the champion's answer, and asks the shadow then. */
  private final class Champion implements Answerer<PredictResponse> {
    private final PredictRequest sent;
    private final String shadow;
    private final Answerer<PredictResponse> caller;

    Champion(PredictRequest sent, String shadow, Answerer<PredictResponse> caller) {
      this.sent = sent;
      this.shadow = shadow;
      this.caller = caller;
    }

    @Override
    public void answered(QueuedRequest request, PredictResponse response) {
      try {
        caller.answered(request, response);
      } finally {
        ask(request, response);
      }
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      caller.refused(request, why);
    }

    private void ask(QueuedRequest request, PredictResponse said) {
      String name = request.model().card().name();
      var comparison = new Comparison(name, shadow, said);
      long nowNanos = queue.nowNanos();
      try {
        queue.submit(
            new QueuedRequest(
                new ShadowQuestion(new PredictQuestion(sent, predictor, comparison)),
                models.acquire(name, shadow),
                request.eventCount(),
                request.sizeBytes(),
                nowNanos,
                OptionalLong.of(nowNanos + RUN_NANOS_MAX),
                Lane.SHADOW));
      } catch (ReasonException e) {
        comparison.skipped();
      }
    }
  }

  /** Holds a shadow's answer against the champion's, event by event. */
  private final class Comparison implements Answerer<PredictResponse> {
    private final String model;
    private final String version;
    private final PredictResponse champion;

    Comparison(String model, String version, PredictResponse champion) {
      this.model = model;
      this.version = version;
      this.champion = champion;
    }

    @Override
    public void answered(QueuedRequest request, PredictResponse shadow) {
      List<EventResult> theirs = shadow.getResultsList();
      var divergenceRad = metrics.divergenceRad(model, version);
      int oneSided = 0;
      int neither = 0;
      for (int event = 0; event < theirs.size(); event++) {
        var one = champion.getResults(event);
        var other = theirs.get(event);
        if (hasDirection(one) && hasDirection(other)) {
          divergenceRad.record(AngularError.betweenRad(direction(one), direction(other)));
        } else if (hasDirection(one) || hasDirection(other)) {
          oneSided++;
        } else {
          neither++;
        }
      }
      int measured = theirs.size() - oneSided - neither;
      metrics.count(model, version, ShadowMetrics.Outcome.MEASURED, measured);
      metrics.count(model, version, ShadowMetrics.Outcome.ONE_SIDED, oneSided);
      metrics.count(model, version, ShadowMetrics.Outcome.NEITHER, neither);
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      skipped();
    }

    void skipped() {
      metrics.count(model, version, ShadowMetrics.Outcome.SKIPPED, champion.getResultsCount());
    }
  }

  private static boolean hasDirection(EventResult result) {
    return result.hasPrediction()
        && !result.getPrediction().getQualityList().contains(Quality.QUALITY_NO_DIRECTION);
  }

  private static Direction direction(EventResult result) {
    var prediction = result.getPrediction();
    return new Direction(prediction.getX(), prediction.getY(), prediction.getZ());
  }
}
