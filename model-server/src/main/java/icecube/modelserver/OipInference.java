// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import io.grpc.Deadline;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way of one {@code ModelInfer} through the server: read, bound to the model's signature,
 * admitted, queued, and answered in tensors. The queue is the one that {@code Predict} uses.
 *
 * <p>Everything before the queue runs on the thread that received the request and copies the
 * tensors at most once. Thread-safe.
 */
final class OipInference {
  /** Who is told the end of a request: exactly one of the two, once. Must not block. */
  interface Listener {
    /** The request was answered. */
    void answered(ModelInferResponse response);

    /** The request gets no answer, for this reason. */
    void refused(ReasonException why);
  }

  private final OipCatalog catalog;
  private final Admission admission;
  private final PredictionQueue queue;
  private final ModelServerMetrics metrics;

  OipInference(
      OipCatalog catalog, Admission admission, PredictionQueue queue, ModelServerMetrics metrics) {
    this.catalog = catalog;
    this.admission = admission;
    this.queue = queue;
    this.metrics = metrics;
  }

  /**
   * Reads and admits {@code request}; it does not wait yet.
   *
   * @param callDeadline of the call, if it has one; the request's own timeout counts beside it
   * @throws ReasonException if it can never be answered; the listener is then not told
   */
  QueuedRequest admit(
      ModelInferRequest request, @Nullable Deadline callDeadline, Listener listener) {
    try {
      var parameters = OipParameters.of(request);
      var tensors = OipRequestDecoder.inputs(request);
      var wanted = OipRequestDecoder.outputs(request);
      var model = catalog.find(request.getModelName(), request.getModelVersion());
      var predictor = model.predictor();
      var outputs = OipDirections.outputs(wanted, predictor.hasKappa());
      var predict =
          PredictRequest.newBuilder()
              .setModelName(model.card().name())
              .setModelVersion(model.card().version())
              .setFeatures(OipDirections.events(tensors, predictor.rowCountMax()))
              .build();
      return admission.admit(
          predict,
          earlier(callDeadline, parameters),
          parameters.isRealtime() ? Lane.REALTIME : Lane.ARCHIVE,
          new TensorAnswerer(request.getId(), outputs, listener));
    } catch (ReasonException e) {
      metrics.dropped(e.reason());
      throw e;
    }
  }

  /**
   * Queues an admitted request.
   *
   * @throws ReasonException if the server has too much to do, or closes; the listener is then not
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

  private static @Nullable Deadline earlier(
      @Nullable Deadline callDeadline, OipParameters parameters) {
    if (parameters.timeoutNanos().isEmpty()) {
      return callDeadline;
    }
    var own = Deadline.after(parameters.timeoutNanos().getAsLong(), TimeUnit.NANOSECONDS);
    return callDeadline == null ? own : callDeadline.minimum(own);
  }

  private record TensorAnswerer(String id, List<String> outputs, Listener listener)
      implements Answerer {
    @Override
    public void answered(QueuedRequest request, PredictResponse answer) {
      var response =
          ModelInferResponse.newBuilder()
              .setId(id)
              .setModelName(answer.getModelName())
              .setModelVersion(answer.getModelVersion());
      OipDirections.addOutputs(response, answer, outputs);
      listener.answered(response.build());
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      listener.refused(why);
    }
  }
}
