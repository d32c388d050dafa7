// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A caller of a stream that keeps what it is told.
 *
 * @param <Q> what it asks
 * @param <A> what it is answered
 */
abstract class StreamCaller<Q, A> implements StreamObserver<A> {
  private final BlockingQueue<A> responses = new LinkedBlockingQueue<>();
  private final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
  private final ClientCallStreamObserver<Q> requests;

  /**
   * @param call the stub's method, which opens the stream
   */
  StreamCaller(Function<StreamObserver<A>, StreamObserver<Q>> call) {
    requests = (ClientCallStreamObserver<Q>) call.apply(this);
  }

  final void send(Q request) {
    requests.onNext(request);
  }

  final void complete() {
    requests.onCompleted();
  }

  final void cancel() {
    requests.cancel("the test goes away", null);
  }

  final A next() throws InterruptedException {
    var response = responses.poll(20, TimeUnit.SECONDS);
    assertThat(response).as("a response within 20 s; end: %s", end).isNotNull();
    return response;
  }

  /** How the stream ended: null if well. */
  final @Nullable Throwable awaitEnd() throws Exception {
    return end.get(20, TimeUnit.SECONDS);
  }

  @Override
  public final void onNext(A response) {
    responses.add(response);
  }

  @Override
  public final void onError(Throwable failure) {
    end.complete(failure);
  }

  @Override
  public final void onCompleted() {
    end.complete(null);
  }
}
