// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A caller of PredictStream that keeps what it is told. */
final class StreamCaller implements StreamObserver<PredictResponse> {
  final BlockingQueue<PredictResponse> responses = new LinkedBlockingQueue<>();
  final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
  private final ClientCallStreamObserver<PredictRequest> requests;

  StreamCaller(ModelServiceGrpc.ModelServiceStub stub) {
    requests = (ClientCallStreamObserver<PredictRequest>) stub.predictStream(this);
  }

  void send(long requestId, PredictRequest.Builder request) {
    requests.onNext(request.setRequestId(requestId).build());
  }

  void complete() {
    requests.onCompleted();
  }

  void cancel() {
    requests.cancel("the test goes away", null);
  }

  PredictResponse next() throws InterruptedException {
    var response = responses.poll(20, TimeUnit.SECONDS);
    assertThat(response).as("a response within 20 s; end: %s", end).isNotNull();
    return response;
  }

  /** How the stream ended: null if well. */
  @Nullable Throwable awaitEnd() throws Exception {
    return end.get(20, TimeUnit.SECONDS);
  }

  @Override
  public void onNext(PredictResponse response) {
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
