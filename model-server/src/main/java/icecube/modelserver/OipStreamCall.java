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
import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open {@code ModelStreamInfer}. A request that fails is answered with an {@code error_message}
 * and its id and ends nothing, unless the call asked for real errors ({@link OipErrorHeader}): then
 * the first failure ends the stream with its status. Thread-safe.
 */
final class OipStreamCall
    extends StreamCall<ModelInferRequest, ModelStreamInferResponse, ModelInferResponse> {
  /**
   * Marks the one and therefore last answer to a request, as clients of decoupled models look for.
   */
  private static final String FINAL_RESPONSE = "triton_final_response";

  /** How long to stay away after overload, ms: what trailers say where a call ends by it. */
  private static final String RETRY_DELAY = "retry_delay_ms";

  private static final InferParameter TRUE = InferParameter.newBuilder().setBoolParam(true).build();

  private final boolean failsWithStatus = OipErrorHeader.isSet();

  OipStreamCall(
      ServerCallStreamObserver<ModelStreamInferResponse> caller,
      Admission admission,
      ModelServerMetrics metrics,
      Consumer<StreamCall<?, ?, ?>> onEnd) {
    super(caller, admission, metrics, onEnd);
  }

  @Override
  QueuedRequest admit(
      ModelInferRequest request,
      @Nullable Deadline deadline,
      Answerer<ModelInferResponse> answerer,
      String traceparent) {
    return admission.admit(request, deadline, answerer, RpcMethod.MODEL_STREAM_INFER, traceparent);
  }

  @Override
  ModelStreamInferResponse answer(ModelInferResponse response) {
    return ModelStreamInferResponse.newBuilder()
        .setInferResponse(response.toBuilder().putParameters(FINAL_RESPONSE, TRUE))
        .build();
  }

  @Override
  void refuse(ModelInferRequest request, ReasonException why) {
    var failure = Reasons.toException(why);
    if (failsWithStatus) {
      answers.failWith(failure);
      return;
    }
    var response = ModelInferResponse.newBuilder().setId(request.getId());
    if (Reasons.kindOf(why.reason()) == ReasonKind.OVERLOAD) {
      var delay = InferParameter.newBuilder().setInt64Param(why.retryDelay().toMillis());
      response.putParameters(RETRY_DELAY, delay.build());
    }
    answers.add(
        ModelStreamInferResponse.newBuilder()
            .setErrorMessage(message(failure, why.reason()))
            .setInferResponse(response)
            .build());
  }

  /** Code, reason and sentence: clients of a stream are told a text and nothing else. */
  private static String message(StatusRuntimeException failure, Reason reason) {
    return "%s %s: %s"
        .formatted(
            failure.getStatus().getCode(),
            Reasons.nameOf(reason),
            failure.getStatus().getDescription());
  }
}
