// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceStub;
import inference.ModelInferRequest;
import inference.ModelStreamInferResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A caller of ModelStreamInfer that keeps what it is told. */
final class OipStreamCaller implements StreamObserver<ModelStreamInferResponse> {
  private final BlockingQueue<ModelStreamInferResponse> responses = new LinkedBlockingQueue<>();
  private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
  private final ClientCallStreamObserver<ModelInferRequest> requests;

  OipStreamCaller(GRPCInferenceServiceStub stub) {
    requests = (ClientCallStreamObserver<ModelInferRequest>) stub.modelStreamInfer(this);
  }

  void send(String id, ModelInferRequest.Builder request) {
    requests.onNext(request.setId(id).build());
  }

  void complete() {
    requests.onCompleted();
  }

  void cancel() {
    requests.cancel("the test goes away", null);
  }

  ModelStreamInferResponse next() throws InterruptedException {
    var response = responses.poll(20, TimeUnit.SECONDS);
    assertThat(response).as("a response within 20 s; end: %s", end).isNotNull();
    return response;
  }

  /** How the stream ended: null if well. */
  @Nullable Throwable awaitEnd() throws Exception {
    return end.get(20, TimeUnit.SECONDS);
  }

  @Override
  public void onNext(ModelStreamInferResponse response) {
    responses.add(response);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(failure);
  }

  @Override
  public void onCompleted() {
    end.complete(null);
  }
}
