// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;

/**
 * What a request asks, in whichever protocol: how it becomes a task, and what is said of it becomes
 * an answer.
 *
 * <p>Its methods run on workers, one at a time.
 */
interface Question {
  /**
   * What it asks of {@code model}; called once, first.
   *
   * @throws ReasonException if the request cannot be answered as a whole
   */
  InferenceTask decode(ServedModel model);

  /** The answer, made of what {@code model} said to the task; called at most once, last. */
  Reply reply(ServedModel model);

  /** Whether the model reads the caller's own values, so that it is for the caller to mend them. */
  default boolean isOfCallersValues() {
    return false;
  }

  /** Tells the caller that there is no answer. */
  void refuse(QueuedRequest request, ReasonException why);

  /** An answer that is ready to be told. */
  interface Reply {
    /** Counts what became of the items of {@code request}. */
    void count(QueuedRequest request, ModelServerMetrics metrics);

    /** Tells it to the caller. */
    void tell(QueuedRequest request);
  }
}
