// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open {@code PredictStream}: reads, admits, and leaves the answering to {@link StreamAnswers}.
 *
 * <p>A request that fails is answered with its status and ends nothing. Thread-safe.
 */
final class PredictStreamCall implements StreamObserver<PredictRequest>, StreamAnswers.Listener {
  private final StreamAnswers<PredictResponse> answers;
  private final Admission admission;
  private final ModelServerMetrics metrics;
  private final Consumer<PredictStreamCall> onEnd;
  private final @Nullable Deadline deadline = Context.current().getDeadline();
  private final Set<QueuedRequest> queued = ConcurrentHashMap.newKeySet();

  PredictStreamCall(
      ServerCallStreamObserver<PredictResponse> caller,
      Admission admission,
      ModelServerMetrics metrics,
      Consumer<PredictStreamCall> onEnd) {
    this.answers = new StreamAnswers<>(caller, this);
    this.admission = admission;
    this.metrics = metrics;
    this.onEnd = onEnd;
  }

  /** Starts to read; to be called before the method that opens the stream returns. */
  StreamObserver<PredictRequest> open() {
    metrics.streamOpened();
    answers.open();
    return this;
  }

  /** Ends the stream with {@code DRAINING} once its requests in flight are answered. */
  void drain() {
    answers.drain();
  }

  @Override
  public void onNext(PredictRequest request) {
    answers.requestRead();
    @Nullable QueuedRequest admitted = null;
    try {
      admitted = admission.admit(request, deadline, new Pending(request.getRequestId()));
      queued.add(admitted);
      admission.submit(admitted);
    } catch (ReasonException e) {
      if (admitted != null) {
        queued.remove(admitted);
      }
      answers.add(refusal(request.getRequestId(), e));
    }
  }

  /** Answers one request of this stream. */
  private final class Pending implements Answerer<PredictResponse> {
    private final long requestId;

    Pending(long requestId) {
      this.requestId = requestId;
    }

    @Override
    public void answered(QueuedRequest request, PredictResponse response) {
      queued.remove(request);
      answers.add(response);
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      queued.remove(request);
      answers.add(refusal(requestId, why));
    }
  }

  private static PredictResponse refusal(long requestId, ReasonException why) {
    return PredictResponse.newBuilder()
        .setRequestId(requestId)
        .setStatus(Reasons.toStatus(why))
        .build();
  }

  /** The caller will send no more. */
  @Override
  public void onCompleted() {
    answers.callerDone();
  }

  /** The caller has gone. */
  @Override
  public void onError(Throwable cause) {
    answers.cancel();
  }

  @Override
  public void gone() {
    queued.forEach(admission::cancel);
  }

  @Override
  public void ended() {
    onEnd.accept(this);
    metrics.streamEnded();
  }
}
