// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.chassis.TimeAndChance;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One PredictStream from its opening to its end: requests out, answers matched by request id.
 *
 * <p>All it knows, it knows of this one stream, so a late callback of an ended one can do no harm
 * to its successor. Requests wait here while the stream is not ready for more; how many, the window
 * of entries bounds. Answers are handed to futures on gRPC's thread; whoever depends on them goes
 * on elsewhere.
 *
 * <p>Thread-safe. A StreamObserver is not, so every write happens under {@code writeLock}; a write
 * only queues bytes and never blocks.
 */
final class ModelCall implements ClientResponseObserver<PredictRequest, PredictResponse> {
  private final String target;
  private final TimeAndChance time;
  private final ConsumerMetrics metrics;
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private final Object writeLock = new Object();

  @GuardedBy("writeLock")
  private final Deque<Pending> waiting = new ArrayDeque<>();

  @GuardedBy("writeLock")
  private @Nullable ClientCallStreamObserver<PredictRequest> requests;

  @GuardedBy("writeLock")
  private @Nullable LinkException end;

  private volatile boolean isConnected;
  private volatile boolean isEnded;
  private volatile boolean hasAnswered;
  private volatile long answeredNanos;

  ModelCall(String target, TimeAndChance time, ConsumerMetrics metrics) {
    this.target = target;
    this.time = time;
    this.metrics = metrics;
    this.answeredNanos = time.nanoTime();
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<PredictRequest> requestStream) {
    synchronized (writeLock) {
      requests = requestStream;
    }
    requestStream.setOnReadyHandler(this::ready);
  }

  private void ready() {
    isConnected = true;
    synchronized (writeLock) {
      writeWaiting();
    }
  }

  /** Sends a request as soon as the stream is ready for it; its id must be new. */
  CompletableFuture<PredictResponse> send(PredictRequest request, long timeoutNanos) {
    long now = time.nanoTime();
    var entry = new Pending(request, now, now + timeoutNanos);
    LinkException ended;
    synchronized (writeLock) {
      ended = end;
      if (ended == null) {
        pending.put(request.getRequestId(), entry);
        waiting.addLast(entry);
        writeWaiting();
      }
    }
    if (ended != null) {
      entry.answer.completeExceptionally(ended);
    }
    return entry.answer;
  }

  @GuardedBy("writeLock")
  private void writeWaiting() {
    var stream = requests;
    while (stream != null && end == null && !waiting.isEmpty() && stream.isReady()) {
      Pending next = waiting.removeFirst();
      if (!next.answer.isDone()) {
        stream.onNext(next.request);
      }
    }
  }

  @Override
  public void onNext(PredictResponse response) {
    answeredNanos = time.nanoTime();
    hasAnswered = true;
    Pending asked = pending.remove(response.getRequestId());
    if (asked == null) {
      // Answered twice, or after its time was over.
      metrics.unexpectedAnswer();
    } else {
      metrics.answered(answeredNanos - asked.sentNanos);
      asked.answer.complete(response);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(new LinkException("model server " + target + ": the stream broke", failure));
  }

  @Override
  public void onCompleted() {
    end(new LinkException("model server " + target + ": it ended the stream", null));
  }

  /**
   * Gives up on requests whose time is over. If nothing at all came back since such a request was
   * sent, the stream itself is taken for dead, though it may look alive, and cut.
   */
  void expire() {
    long now = time.nanoTime();
    boolean isDead = false;
    for (Pending entry : List.copyOf(pending.values())) {
      if (now - entry.deadlineNanos >= 0 && pending.remove(entry.request.getRequestId(), entry)) {
        isDead |= answeredNanos - entry.sentNanos <= 0;
        entry.answer.completeExceptionally(
            new LinkException("model server " + target + ": no answer in time", null));
      }
    }
    if (isDead) {
      cut("no sign of life within the request timeout");
    }
  }

  /** Ends the stream from this side. */
  void cut(String why) {
    synchronized (writeLock) {
      var stream = requests;
      if (stream != null) {
        stream.cancel(why, null);
      }
    }
    end(new LinkException("model server " + target + ": " + why, null));
  }

  private void end(LinkException why) {
    synchronized (writeLock) {
      if (end != null) {
        return;
      }
      end = why;
      waiting.clear();
    }
    isConnected = false;
    isEnded = true;
    // Nothing is added after `end` was set under the lock.
    for (Pending entry : pending.values()) {
      entry.answer.completeExceptionally(why);
    }
    pending.clear();
  }

  boolean isConnected() {
    return isConnected;
  }

  boolean isEnded() {
    return isEnded;
  }

  boolean hasAnswered() {
    return hasAnswered;
  }

  /** Requests without an answer. */
  int inFlight() {
    return pending.size();
  }

  /** Why the stream ended; null while it has not. */
  @Nullable LinkException end() {
    synchronized (writeLock) {
      return end;
    }
  }

  private static final class Pending {
    private final PredictRequest request;
    private final long sentNanos;
    private final long deadlineNanos;
    private final CompletableFuture<PredictResponse> answer = new CompletableFuture<>();

    Pending(PredictRequest request, long sentNanos, long deadlineNanos) {
      this.request = request;
      this.sentNanos = sentNanos;
      this.deadlineNanos = deadlineNanos;
    }
  }
}
