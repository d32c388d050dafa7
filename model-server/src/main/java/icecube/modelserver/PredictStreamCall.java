// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open {@code PredictStream}.
 *
 * <p>At most {@value #IN_FLIGHT_MAX} requests are in flight: the next is asked of the transport
 * only when an answer has been written, so a caller that does not read stops being read. Answers
 * are written by one thread at a time, whichever comes first ({@code writers} counts those that
 * wait for it), because a stream is not thread-safe and no lock may be held while writing.
 *
 * <p>A request that fails is answered with its status and ends nothing. Thread-safe.
 */
final class PredictStreamCall implements StreamObserver<PredictRequest>, Answerer {
  /** The most requests read and not yet answered. */
  static final int IN_FLIGHT_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(PredictStreamCall.class);

  private final ServerCallStreamObserver<PredictResponse> caller;
  private final Admission admission;
  private final PredictionQueue queue;
  private final ModelServerMetrics metrics;
  private final Consumer<PredictStreamCall> onEnd;
  private final @Nullable Deadline deadline = Context.current().getDeadline();

  private final Set<QueuedRequest> queued = ConcurrentHashMap.newKeySet();
  // Bounded by IN_FLIGHT_MAX, see above.
  private final Queue<PredictResponse> unwritten = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger writers = new AtomicInteger();
  private volatile boolean callerDone;
  private volatile boolean ending;
  private volatile boolean cancelled;
  // Confined to the writer.
  private boolean ended;

  PredictStreamCall(
      ServerCallStreamObserver<PredictResponse> caller,
      Admission admission,
      PredictionQueue queue,
      ModelServerMetrics metrics,
      Consumer<PredictStreamCall> onEnd) {
    this.caller = caller;
    this.admission = admission;
    this.queue = queue;
    this.metrics = metrics;
    this.onEnd = onEnd;
  }

  /** Starts to read; to be called before the method that opens the stream returns. */
  StreamObserver<PredictRequest> open() {
    metrics.streamOpened();
    caller.disableAutoRequest();
    caller.setOnReadyHandler(this::write);
    caller.setOnCancelHandler(this::cancel);
    caller.request(IN_FLIGHT_MAX);
    return this;
  }

  /** Ends the stream with {@code DRAINING} once its requests in flight are answered. */
  void end() {
    ending = true;
    write();
  }

  @Override
  public void onNext(PredictRequest request) {
    inFlight.incrementAndGet();
    @Nullable QueuedRequest admitted = null;
    try {
      admitted = admission.admit(request, deadline, this);
      queued.add(admitted);
      queue.submit(admitted);
    } catch (ReasonException e) {
      if (admitted != null) {
        queued.remove(admitted);
      }
      metrics.dropped(e.reason());
      add(refusal(request, e));
    }
  }

  @Override
  public void answered(QueuedRequest request, PredictResponse response) {
    queued.remove(request);
    add(response);
  }

  @Override
  public void refused(QueuedRequest request, ReasonException why) {
    queued.remove(request);
    add(refusal(request.request(), why));
  }

  private static PredictResponse refusal(PredictRequest request, ReasonException why) {
    return PredictResponse.newBuilder()
        .setRequestId(request.getRequestId())
        .setStatus(Reasons.toStatus(why.reason(), why.getMessage()))
        .build();
  }

  private void add(PredictResponse response) {
    unwritten.add(response);
    write();
  }

  /** The caller will send no more. */
  @Override
  public void onCompleted() {
    callerDone = true;
    write();
  }

  /** The caller has gone, as {@link #cancel()}. */
  @Override
  public void onError(Throwable cause) {
    cancel();
  }

  private void cancel() {
    cancelled = true;
    dropWaiting();
    write();
  }

  private void dropWaiting() {
    for (QueuedRequest request : queued) {
      if (queue.cancel(request)) {
        metrics.cancelled();
      }
    }
  }

  private void write() {
    if (writers.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      try {
        writeAll();
      } catch (RuntimeException e) {
        // The call ended between two checks; a writer that stopped here would block all later ones.
        LOG.atWarn().setCause(e).log("a stream could not be written to and is given up");
        giveUp();
      }
      seen = writers.addAndGet(-seen);
    } while (seen != 0);
  }

  private void giveUp() {
    dropWaiting();
    if (!ended) {
      end(() -> {});
    }
  }

  private void writeAll() {
    if (ended) {
      unwritten.clear();
      return;
    }
    if (cancelled) {
      end(() -> {});
      return;
    }
    while (caller.isReady()) {
      var response = unwritten.poll();
      if (response == null) {
        break;
      }
      caller.onNext(response);
      inFlight.decrementAndGet();
      caller.request(1);
    }
    if (inFlight.get() == 0 && callerDone) {
      end(caller::onCompleted);
    } else if (inFlight.get() == 0 && ending) {
      end(
          () ->
              caller.onError(
                  Reasons.toException(
                      Reason.REASON_DRAINING,
                      "server: draining (expected: serving); open a stream to another server")));
    }
  }

  private void end(Runnable how) {
    ended = true;
    unwritten.clear();
    onEnd.accept(this);
    metrics.streamEnded();
    how.run();
  }
}
