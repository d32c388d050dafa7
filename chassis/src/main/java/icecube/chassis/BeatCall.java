// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import icecube.v1.BeatRequest;
import icecube.v1.BeatResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One call to the registry: beats out, answers in. Confined to its sender's thread, save the
 * callbacks of gRPC, which only pass the answer on to that thread, one answer at a time.
 */
final class BeatCall implements ClientResponseObserver<BeatRequest, BeatResponse> {
  /** What the sender wants to hear, on its own thread. */
  interface Listener {
    void answered(BeatCall call, BeatResponse answer);

    void ended(BeatCall call, @Nullable Throwable failure);
  }

  private final Executor thread;
  private final Listener listener;
  private @Nullable ClientCallStreamObserver<BeatRequest> requests;
  private boolean anySent;
  private long unanswered;

  BeatCall(Executor thread, Listener listener) {
    this.thread = thread;
    this.listener = listener;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<BeatRequest> requestStream) {
    // The next answer is asked for when the last one is done with: never two waiting here.
    requestStream.disableAutoRequestWithInitial(1);
    requests = requestStream;
  }

  @Override
  public void onNext(BeatResponse answer) {
    thread.execute(
        () -> {
          unanswered = Math.max(0, unanswered - 1);
          listener.answered(this, answer);
          requests().request(1);
        });
  }

  @Override
  public void onError(Throwable failure) {
    thread.execute(() -> listener.ended(this, failure));
  }

  @Override
  public void onCompleted() {
    thread.execute(() -> listener.ended(this, null));
  }

  /** Sends, unless earlier beats still wait to be sent: then false, and nothing piles up. */
  boolean send(BeatRequest beat) {
    if (anySent && !requests().isReady()) {
      return false;
    }
    anySent = true;
    unanswered++;
    requests().onNext(beat);
    return true;
  }

  /** Beats sent on this call without an answer. */
  long unanswered() {
    return unanswered;
  }

  /** Sends, whatever waits before it, and ends our side. */
  void sendLast(BeatRequest beat) {
    unanswered++;
    requests().onNext(beat);
    requests().onCompleted();
  }

  void cancel(String reason) {
    requests().cancel(reason, null);
  }

  private ClientCallStreamObserver<BeatRequest> requests() {
    ClientCallStreamObserver<BeatRequest> started = requests;
    if (started == null) {
      throw new IllegalStateException("call: not started (expected: started by the stub)");
    }
    return started;
  }
}
