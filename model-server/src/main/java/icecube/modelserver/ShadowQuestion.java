// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;

/**
 * What a champion was asked, asked of a shadow: nobody waits for the answer, and it counts as
 * nobody's request.
 */
final class ShadowQuestion implements Question {
  private final PredictQuestion question;

  ShadowQuestion(PredictQuestion question) {
    this.question = question;
  }

  @Override
  public InferenceTask decode(ServedModel model) {
    return question.decode(model);
  }

  @Override
  public Reply reply(ServedModel model) {
    return new Uncounted(question.reply(model));
  }

  @Override
  public void refuse(QueuedRequest request, ReasonException why) {
    question.refuse(request, why);
  }

  private record Uncounted(Reply reply) implements Reply {
    @Override
    public void count(QueuedRequest request, ModelServerMetrics metrics) {}

    @Override
    public void tell(QueuedRequest request) {
      reply.tell(request);
    }
  }
}
