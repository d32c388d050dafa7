// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.v1.GetModelRequest;
import icecube.v1.ListModelsRequest;
import icecube.v1.ListModelsResponse;
import icecube.v1.Model;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code icecube.v1.ModelService} on top of the queue. Its methods run on event loops and never
 * block: they admit, hand over and return. Thread-safe.
 */
final class ModelGrpcService extends ModelServiceGrpc.ModelServiceImplBase {
  private final ModelRepository models;
  private final Admission admission;
  private final ModelServerMetrics metrics;
  private final Set<PredictStreamCall> streams = ConcurrentHashMap.newKeySet();

  ModelGrpcService(ModelRepository models, Admission admission, ModelServerMetrics metrics) {
    this.models = models;
    this.admission = admission;
    this.metrics = metrics;
  }

  @Override
  public void predict(PredictRequest request, StreamObserver<PredictResponse> caller) {
    var call = (ServerCallStreamObserver<PredictResponse>) caller;
    try {
      var admitted =
          admission.admit(
              request,
              Context.current().getDeadline(),
              new UnaryAnswer<>(call, admission),
              RpcMethod.PREDICT,
              TraceHeader.sent());
      call.setOnCancelHandler(() -> admission.cancel(admitted));
      admission.submit(admitted);
    } catch (ReasonException e) {
      call.onError(Reasons.toException(e));
    }
  }

  @Override
  public StreamObserver<PredictRequest> predictStream(StreamObserver<PredictResponse> caller) {
    var call = (ServerCallStreamObserver<PredictResponse>) caller;
    var stream = new PredictStreamCall(call, admission, metrics, streams::remove);
    streams.add(stream);
    return stream.open();
  }

  /** Ends every open stream once its requests in flight are answered. */
  void endStreams() {
    streams.forEach(PredictStreamCall::drain);
  }

  /** Number of open streams. */
  int streamCount() {
    return streams.size();
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> caller) {
    var response = ListModelsResponse.newBuilder().setDefaultModelName(models.defaultName());
    models.cards().forEach(card -> response.addModels(card.toProto()));
    caller.onNext(response.build());
    caller.onCompleted();
  }

  @Override
  public void getModel(GetModelRequest request, StreamObserver<Model> caller) {
    if (request.getName().isEmpty()) {
      caller.onError(
          Reasons.toException(
              Reason.REASON_MODEL_UNKNOWN, "name: \"\" (expected: one of " + models.names() + ")"));
      return;
    }
    try {
      caller.onNext(models.find(request.getName(), request.getVersion()).card().toProto());
      caller.onCompleted();
    } catch (ReasonException e) {
      caller.onError(Reasons.toException(e.reason(), e.getMessage()));
    }
  }
}
