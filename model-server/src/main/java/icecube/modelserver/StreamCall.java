// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open stream of requests, in whichever protocol: reads, admits, and leaves the answering to
 * {@link StreamAnswers}. Each request read is answered or refused exactly once. Thread-safe.
 *
 * @param <Q> what asks
 * @param <A> what answers on the stream
 * @param <R> what answers one request
 */
abstract class StreamCall<Q, A, R> implements StreamObserver<Q>, StreamAnswers.Listener {
  final StreamAnswers<A> answers;
  final Admission admission;
  private final ModelServerMetrics metrics;
  private final Consumer<StreamCall<?, ?, ?>> onEnd;
  private final String traceparent = TraceHeader.sent();
  private final @Nullable Deadline deadline = Context.current().getDeadline();
  private final Set<QueuedRequest> queued = ConcurrentHashMap.newKeySet();

  StreamCall(
      ServerCallStreamObserver<A> caller,
      Admission admission,
      ModelServerMetrics metrics,
      Consumer<StreamCall<?, ?, ?>> onEnd) {
    this.answers = new StreamAnswers<>(caller, this);
    this.admission = admission;
    this.metrics = metrics;
    this.onEnd = onEnd;
  }

  /** Asks {@link #admission} to admit {@code request}. */
  abstract QueuedRequest admit(
      Q request, @Nullable Deadline deadline, Answerer<R> answerer, String traceparent);

  /** {@code response} as this stream carries it. */
  abstract A answer(R response);

  /** Tells {@link #answers} that {@code request} gets no answer. */
  abstract void refuse(Q request, ReasonException why);

  /** Starts to read; to be called before the method that opens the stream returns. */
  final StreamObserver<Q> open() {
    metrics.streamOpened();
    answers.open();
    return this;
  }

  /** Ends the stream with {@code DRAINING} once its requests in flight are answered. */
  final void drain() {
    answers.drain();
  }

  @Override
  public final void onNext(Q request) {
    answers.requestRead();
    @Nullable QueuedRequest admitted = null;
    try {
      admitted = admit(request, deadline, new Pending(request), traceparent);
      queued.add(admitted);
      admission.submit(admitted);
    } catch (ReasonException e) {
      if (admitted != null) {
        queued.remove(admitted);
      }
      refuse(request, e);
    }
  }

  /** The caller will send no more. */
  @Override
  public final void onCompleted() {
    answers.callerDone();
  }

  /** The caller has gone. */
  @Override
  public final void onError(Throwable cause) {
    answers.cancel();
  }

  @Override
  public final void gone() {
    queued.forEach(admission::cancel);
  }

  @Override
  public final void ended() {
    onEnd.accept(this);
    metrics.streamEnded();
  }

  /** Where the end of one request is told. */
  private final class Pending implements Answerer<R> {
    private final Q asked;

    Pending(Q asked) {
      this.asked = asked;
    }

    @Override
    public void answered(QueuedRequest request, R response) {
      queued.remove(request);
      request.trace().answered();
      answers.add(answer(response));
    }

    @Override
    public void refused(QueuedRequest request, ReasonException why) {
      queued.remove(request);
      admission.refused(request, why);
      refuse(asked, why);
    }
  }
}
