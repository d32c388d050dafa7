// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import inference.InferParameter;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelStreamInferResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open {@code ModelStreamInfer}: reads, admits, and leaves the answering to {@link
 * StreamAnswers}.
 *
 * <p>A request that fails is answered with an {@code error_message} and its id and ends nothing,
 * unless the call asked for real errors ({@link OipErrorHeader}): then the first failure ends the
 * stream with its status. Thread-safe.
 */
final class OipStreamCall implements StreamObserver<ModelInferRequest>, StreamAnswers.Listener {
  /**
   * Marks the one and therefore last answer to a request, as clients of decoupled models look for.
   */
  private static final String FINAL_RESPONSE = "triton_final_response";

  /** How long to stay away after overload, ms: what trailers say where a call ends by it. */
  static final String RETRY_DELAY = "retry_delay_ms";

  private static final InferParameter TRUE = InferParameter.newBuilder().setBoolParam(true).build();

  private final StreamAnswers<ModelStreamInferResponse> answers;
  private final Admission admission;
  private final ModelServerMetrics metrics;
  private final Consumer<OipStreamCall> onEnd;
  private final @Nullable Deadline deadline = Context.current().getDeadline();
  private final boolean failsWithStatus = OipErrorHeader.isSet();
  private final Set<QueuedRequest> queued = ConcurrentHashMap.newKeySet();

  OipStreamCall(
      ServerCallStreamObserver<ModelStreamInferResponse> caller,
      Admission admission,
      ModelServerMetrics metrics,
      Consumer<OipStreamCall> onEnd) {
    this.answers = new StreamAnswers<>(caller, this);
    this.admission = admission;
    this.metrics = metrics;
    this.onEnd = onEnd;
  }

  /** Starts to read; to be called before the method that opens the stream returns. */
  StreamObserver<ModelInferRequest> open() {
    metrics.streamOpened();
    answers.open();
    return this;
  }

  /** Ends the stream with {@code DRAINING} once its requests in flight are answered. */
  void drain() {
    answers.drain();
  }

  @Override
  public void onNext(ModelInferRequest request) {
    answers.requestRead();
    var pending = new Pending(request.getId());
    @Nullable QueuedRequest admitted = null;
    try {
      admitted = admission.admit(request, deadline, pending);
      queued.add(admitted);
      admission.submit(admitted);
    } catch (ReasonException e) {
      if (admitted != null) {
        queued.remove(admitted);
      }
      pending.refuse(e);
    }
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

  /** Code, reason and sentence: clients of a stream are told a text and nothing else. */
  static String message(StatusRuntimeException failure, Reason reason) {
    return "%s %s: %s"
        .formatted(
            failure.getStatus().getCode(),
            Reasons.nameOf(reason),
            failure.getStatus().getDescription());
  }

  private static InferParameter milliseconds(Duration duration) {
    return InferParameter.newBuilder().setInt64Param(duration.toMillis()).build();
  }

  /** Where the end of one request is told. */
  private final class Pending implements Answerer<ModelInferResponse> {
    private final String id;

    Pending(String id) {
      this.id = id;
    }

    @Override
    public void answered(QueuedRequest request, ModelInferResponse response) {
      queued.remove(request);
      answers.add(
          ModelStreamInferResponse.newBuilder()
              .setInferResponse(response.toBuilder().putParameters(FINAL_RESPONSE, TRUE))
              .build());
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      queued.remove(request);
      refuse(why);
    }

    void refuse(ReasonException why) {
      var failure = Reasons.toException(why);
      if (failsWithStatus) {
        answers.failWith(failure);
        return;
      }
      var response = ModelInferResponse.newBuilder().setId(id);
      if (Reasons.kindOf(why.reason()) == ReasonKind.OVERLOAD) {
        response.putParameters(RETRY_DELAY, milliseconds(why.retryDelay()));
      }
      answers.add(
          ModelStreamInferResponse.newBuilder()
              .setErrorMessage(message(failure, why.reason()))
              .setInferResponse(response)
              .build());
    }
  }
}
