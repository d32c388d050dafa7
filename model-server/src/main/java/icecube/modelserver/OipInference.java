// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import io.grpc.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * The way of one {@code ModelInfer} through the server: read, bound to the model's signature,
 * admitted, queued, and answered in tensors. The queue is the one that {@code Predict} uses.
 *
 * <p>Everything before the queue runs on the thread that received the request and copies no tensor.
 * Thread-safe.
 */
final class OipInference {
  private final Admission admission;
  private final PredictionQueue queue;
  private final ModelServerMetrics metrics;

  OipInference(Admission admission, PredictionQueue queue, ModelServerMetrics metrics) {
    this.admission = admission;
    this.queue = queue;
    this.metrics = metrics;
  }

  /**
   * Reads and admits {@code request}; it does not wait yet.
   *
   * @param callDeadline of the call, if it has one; the request's own timeout counts beside it
   * @throws ReasonException if it can never be answered; the answerer is then not told
   */
  QueuedRequest admit(
      ModelInferRequest request,
      @Nullable Deadline callDeadline,
      Answerer<ModelInferResponse> answerer) {
    try {
      var parameters = OipParameters.of(request);
      return admission.admit(
          request,
          OipRequestDecoder.inputs(request),
          OipRequestDecoder.outputs(request),
          parameters.timeoutNanos(),
          callDeadline,
          parameters.isRealtime() ? Lane.REALTIME : Lane.ARCHIVE,
          answerer);
    } catch (ReasonException e) {
      metrics.dropped(e.reason());
      admission.countFailed(
          OipText.quoteName(request.getModelName()), OipText.quoteName(request.getModelVersion()));
      throw e;
    }
  }

  /**
   * Queues an admitted request.
   *
   * @throws ReasonException if the server has too much to do, or closes; the answerer is then not
   *     told
   */
  void submit(QueuedRequest admitted) {
    try {
      queue.submit(admitted);
    } catch (ReasonException e) {
      metrics.dropped(e.reason());
      throw e;
    }
  }

  /** Drops {@code admitted} if it still waits: its caller has gone. */
  void cancel(QueuedRequest admitted) {
    if (queue.cancel(admitted)) {
      metrics.cancelled();
    }
  }
}
