// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelConfigRequest;
import inference.ModelConfigResponse;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelReadyRequest;
import inference.ModelReadyResponse;
import inference.ModelStatisticsRequest;
import inference.ModelStatisticsResponse;
import inference.ModelStreamInferResponse;
import inference.RepositoryIndexRequest;
import inference.RepositoryIndexResponse;
import inference.RepositoryModelLoadRequest;
import inference.RepositoryModelLoadResponse;
import inference.RepositoryModelUnloadRequest;
import inference.RepositoryModelUnloadResponse;
import inference.ServerLiveRequest;
import inference.ServerLiveResponse;
import inference.ServerMetadataRequest;
import inference.ServerMetadataResponse;
import inference.ServerReadyRequest;
import inference.ServerReadyResponse;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerInterceptors;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code inference.GRPCInferenceService}, the Open Inference Protocol v2 with Triton's extensions,
 * on top of the same queue as {@link ModelGrpcService}. Its methods run on event loops and never
 * block. Thread-safe.
 */
final class OipService extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
  private static final String NAME = "icecube";

  /** What is offered beyond the core of the protocol, by Triton's names. */
  private static final List<String> EXTENSIONS =
      List.of(
          "model_repository",
          "schedule_policy",
          "model_configuration",
          "binary_tensor_data",
          "statistics");

  private final OipCatalog catalog;
  private final Admission admission;
  private final ModelServerMetrics metrics;
  private final Set<OipStreamCall> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean serving;

  OipService(OipCatalog catalog, Admission admission, ModelServerMetrics metrics) {
    this.catalog = catalog;
    this.admission = admission;
    this.metrics = metrics;
  }

  /** This service as a server takes it: with what reads its headers. */
  BindableService withHeaders() {
    return () -> ServerInterceptors.intercept(this, new OipErrorHeader());
  }

  /** Whether the server says that it is ready. */
  void setServing(boolean serving) {
    this.serving = serving;
  }

  /** Ends every open stream once its requests in flight are answered. */
  void endStreams() {
    streams.forEach(OipStreamCall::drain);
  }

  /** Number of open streams. */
  int streamCount() {
    return streams.size();
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> caller) {
    answer(caller, () -> ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> caller) {
    answer(caller, () -> ServerReadyResponse.newBuilder().setReady(serving).build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> caller) {
    answer(
        caller,
        () ->
            ModelReadyResponse.newBuilder().setReady(serving && catalog.isReady(request)).build());
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> caller) {
    answer(
        caller,
        () ->
            ServerMetadataResponse.newBuilder()
                .setName(NAME)
                .setVersion(version())
                .addAllExtensions(EXTENSIONS)
                .build());
  }

  /** Of the jar; only a build has one. */
  private static String version() {
    return Optional.<@Nullable String>ofNullable(
            OipService.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> caller) {
    answer(caller, () -> catalog.metadata(request));
  }

  @Override
  public void modelConfig(ModelConfigRequest request, StreamObserver<ModelConfigResponse> caller) {
    answer(caller, () -> catalog.config(request));
  }

  @Override
  public void modelStatistics(
      ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> caller) {
    answer(caller, () -> catalog.statistics(request));
  }

  @Override
  public void repositoryIndex(
      RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> caller) {
    answer(caller, () -> catalog.index(request));
  }

  @Override
  public void repositoryModelLoad(
      RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> caller) {
    answerLater(
        caller, () -> catalog.load(request), RepositoryModelLoadResponse.getDefaultInstance());
  }

  @Override
  public void repositoryModelUnload(
      RepositoryModelUnloadRequest request, StreamObserver<RepositoryModelUnloadResponse> caller) {
    answerLater(
        caller, () -> catalog.unload(request), RepositoryModelUnloadResponse.getDefaultInstance());
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> caller) {
    var call = (ServerCallStreamObserver<ModelInferResponse>) caller;
    try {
      var admitted =
          admission.admit(
              request,
              Context.current().getDeadline(),
              new UnaryAnswer<>(call, admission),
              RpcMethod.MODEL_INFER,
              TraceHeader.sent());
      call.setOnCancelHandler(() -> admission.cancel(admitted));
      admission.submit(admitted);
    } catch (ReasonException e) {
      refuse(call, e);
    }
  }

  @Override
  public StreamObserver<ModelInferRequest> modelStreamInfer(
      StreamObserver<ModelStreamInferResponse> caller) {
    var call = (ServerCallStreamObserver<ModelStreamInferResponse>) caller;
    var stream = new OipStreamCall(call, admission, metrics, streams::remove);
    streams.add(stream);
    return stream.open();
  }

  private static <T> void answer(StreamObserver<T> caller, Supplier<T> answer) {
    T ready;
    try {
      ready = answer.get();
    } catch (ReasonException e) {
      refuse(caller, e);
      return;
    }
    caller.onNext(ready);
    caller.onCompleted();
  }

  /** Answers when what {@code begin} began is done, on the thread that did it. */
  @SuppressWarnings("FutureReturnValueIgnored") // Its end is told by whenComplete itself.
  private static <T> void answerLater(
      StreamObserver<T> caller, Supplier<CompletableFuture<?>> begin, T answer) {
    // A caller that goes away is not told: what it asked for is done nevertheless.
    ((ServerCallStreamObserver<T>) caller).setOnCancelHandler(() -> {});
    CompletableFuture<?> begun;
    try {
      begun = begin.get();
    } catch (ReasonException e) {
      refuse(caller, e);
      return;
    }
    begun.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            caller.onNext(answer);
            caller.onCompleted();
          } else {
            refuse(caller, reasonOf(failure));
          }
        });
  }

  private static ReasonException reasonOf(Throwable failure) {
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ReasonException reason
        ? reason
        : new ReasonException(
            Reason.REASON_INTERNAL, "repository: failed; see the server's log", failure);
  }

  private static void refuse(StreamObserver<?> caller, ReasonException why) {
    caller.onError(Reasons.toException(why));
  }
}
