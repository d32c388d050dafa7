// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import inference.ModelInferResponse;

/** A {@code ModelInferRequest} as a question: its tensors were bound on arrival. */
final class TensorQuestion implements Question {
  private final String id;
  private final TensorTask task;
  private final Answerer<ModelInferResponse> answerer;

  /**
   * @param id of the request, echoed in the answer
   */
  TensorQuestion(String id, TensorTask task, Answerer<ModelInferResponse> answerer) {
    this.id = id;
    this.task = task;
    this.answerer = answerer;
  }

  @Override
  public InferenceTask decode(ServedModel model) {
    task.begin();
    return task;
  }

  @Override
  public Reply reply(ServedModel model) {
    var response =
        ModelInferResponse.newBuilder()
            .setId(id)
            .setModelName(model.card().name())
            .setModelVersion(model.card().version());
    task.addOutputs(response);
    return new TensorReply(response.build(), answerer);
  }

  @Override
  public boolean isOfCallersValues() {
    return true;
  }

  @Override
  public void refuse(QueuedRequest request, ReasonException why) {
    answerer.refused(request, why);
  }

  private record TensorReply(ModelInferResponse response, Answerer<ModelInferResponse> answerer)
      implements Reply {
    @Override
    public void count(QueuedRequest request, ModelServerMetrics metrics) {
      metrics.answered(request.model().card(), request.eventCount());
    }

    @Override
    public void tell(QueuedRequest request) {
      answerer.answered(request, response);
    }
  }
}
