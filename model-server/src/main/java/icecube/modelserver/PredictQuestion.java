// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import org.jspecify.annotations.Nullable;

/**
 * A {@code PredictRequest} as a question: its events become features, and directions predictions.
 */
final class PredictQuestion implements Question {
  private final PredictRequest request;
  private final RequestPredictor predictor;
  private final Answerer<PredictResponse> answerer;
  private RequestPredictor.@Nullable Prepared prepared;

  PredictQuestion(
      PredictRequest request, RequestPredictor predictor, Answerer<PredictResponse> answerer) {
    this.request = request;
    this.predictor = predictor;
    this.answerer = answerer;
  }

  /** What was sent. */
  PredictRequest request() {
    return request;
  }

  @Override
  public InferenceTask decode(ServedModel model) {
    var decoded = predictor.prepare(request, model);
    prepared = decoded;
    return decoded.task();
  }

  @Override
  public Reply reply(ServedModel model) {
    if (prepared == null) {
      throw new IllegalStateException("request: not decoded (expected: decoded when begun)");
    }
    return new PredictReply(predictor.finish(request, model, prepared), answerer);
  }

  @Override
  public void refuse(QueuedRequest queued, ReasonException why) {
    answerer.refused(queued, why);
  }

  private record PredictReply(PredictResponse response, Answerer<PredictResponse> answerer)
      implements Reply {
    @Override
    public void count(QueuedRequest request, ModelServerMetrics metrics) {
      metrics.answered(request.model().card(), response);
    }

    @Override
    public void tell(QueuedRequest request) {
      answerer.answered(request, response);
    }
  }
}
