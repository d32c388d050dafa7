// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answering side of one open stream of requests.
 *
 * <p>At most {@value #IN_FLIGHT_MAX} requests are in flight: the next is asked of the transport
 * only when an answer has been written, so a caller that does not read stops being read. Answers
 * are written by one thread at a time, whichever comes first ({@code writers} counts those that
 * wait for it), because a stream is not thread-safe and no lock may be held while writing.
 * Thread-safe.
 *
 * @param <T> what answers
 */
final class StreamAnswers<T> {
  /** The most requests read and not yet answered. */
  static final int IN_FLIGHT_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(StreamAnswers.class);

  /** Who is told what becomes of a stream. */
  interface Listener {
    /** Nobody waits for answers any more: what has not begun need not begin. May be told twice. */
    void gone();

    /** The stream is over; told once. */
    void ended();
  }

  private final ServerCallStreamObserver<T> caller;
  private final Listener listener;

  // Bounded by IN_FLIGHT_MAX, see above.
  private final Queue<T> unwritten = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger writers = new AtomicInteger();
  private volatile boolean callerDone;
  private volatile boolean cancelled;
  private volatile boolean draining;
  private volatile @Nullable StatusRuntimeException failure;
  // Confined to the writer.
  private boolean ended;

  StreamAnswers(ServerCallStreamObserver<T> caller, Listener listener) {
    this.caller = caller;
    this.listener = listener;
  }

  /** Starts to read; to be called before the method that opens the stream returns. */
  void open() {
    caller.disableAutoRequest();
    caller.setOnReadyHandler(this::write);
    caller.setOnCancelHandler(this::cancel);
    caller.request(IN_FLIGHT_MAX);
  }

  /** A request was read; exactly one {@link #add} follows. */
  void requestRead() {
    inFlight.incrementAndGet();
  }

  /** The answer to a request that was read. */
  void add(T answer) {
    unwritten.add(answer);
    write();
  }

  /** The caller will send no more: the stream ends once its requests in flight are answered. */
  void callerDone() {
    callerDone = true;
    write();
  }

  /** Ends the stream with {@code DRAINING} once its requests in flight are answered. */
  void drain() {
    draining = true;
    write();
  }

  /** Ends the stream with {@code why} at once; requests in flight get no answer. */
  void failWith(StatusRuntimeException why) {
    failure = why;
    listener.gone();
    write();
  }

  /** The caller has gone. */
  void cancel() {
    cancelled = true;
    listener.gone();
    write();
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
    listener.gone();
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
    var failed = failure;
    if (failed != null) {
      end(() -> caller.onError(failed));
      return;
    }
    while (caller.isReady()) {
      var answer = unwritten.poll();
      if (answer == null) {
        break;
      }
      caller.onNext(answer);
      inFlight.decrementAndGet();
      caller.request(1);
    }
    if (inFlight.get() == 0 && callerDone) {
      end(caller::onCompleted);
    } else if (inFlight.get() == 0 && draining) {
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
    listener.ended();
    how.run();
  }
}
