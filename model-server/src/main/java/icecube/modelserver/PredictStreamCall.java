// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open {@code PredictStream}. A request that fails is answered with its status and ends
 * nothing. Thread-safe.
 */
final class PredictStreamCall extends StreamCall<PredictRequest, PredictResponse, PredictResponse> {
  PredictStreamCall(
      ServerCallStreamObserver<PredictResponse> caller,
      Admission admission,
      ModelServerMetrics metrics,
      Consumer<StreamCall<?, ?, ?>> onEnd) {
    super(caller, admission, metrics, onEnd);
  }

  @Override
  QueuedRequest admit(
      PredictRequest request,
      @Nullable Deadline deadline,
      Answerer<PredictResponse> answerer,
      String traceparent) {
    return admission.admit(request, deadline, answerer, RpcMethod.PREDICT_STREAM, traceparent);
  }

  @Override
  PredictResponse answer(PredictResponse response) {
    return response;
  }

  @Override
  void refuse(PredictRequest request, ReasonException why) {
    answers.add(
        PredictResponse.newBuilder()
            .setRequestId(request.getRequestId())
            .setStatus(Reasons.toStatus(why))
            .build());
  }
}
