// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over one stream a connection, in turn, and finds the answers by their ids. A
 * stream that ends fails what was in flight on it; the next request opens it anew. Thread-safe.
 */
final class StreamCaller<Q, R> implements Caller {
  /** How the messages of a method are read and written. */
  interface Messages<Q, R> {
    Q withId(Q request, long id);

    /** The request that was answered, or a negative number if the answer does not say. */
    long idOf(R response);

    Outcome judge(R response);
  }

  private final List<Prepared<Q>> requests;
  private final Messages<Q, R> messages;
  private final List<Line> lines = new ArrayList<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong ids = new AtomicLong();

  StreamCaller(
      List<? extends Channel> channels,
      MethodDescriptor<Q, R> method,
      List<Prepared<Q>> requests,
      Messages<Q, R> messages) {
    this.requests = requests;
    this.messages = messages;
    channels.forEach(channel -> lines.add(new Line(channel, method)));
  }

  @Override
  public int requestCount() {
    return requests.size();
  }

  @Override
  public int itemCount(int request) {
    return requests.get(request).itemCount();
  }

  @Override
  public int rowCount(int request) {
    return requests.get(request).rowCount();
  }

  @Override
  public void call(int request, Consumer<Outcome> answered) {
    long id = ids.incrementAndGet();
    lines
        .get(Math.floorMod(calls.getAndIncrement(), lines.size()))
        .send(id, messages.withId(requests.get(request).message(), id), answered);
  }

  @Override
  public void close() {
    lines.forEach(Line::end);
  }

  /** One connection and the stream on it, if one is open. Its lock is never held in a callback. */
  private final class Line {
    private final Channel channel;
    private final MethodDescriptor<Q, R> method;
    private final Object lock = new Object();
    private @Nullable Stream stream;

    Line(Channel channel, MethodDescriptor<Q, R> method) {
      this.channel = channel;
      this.method = method;
    }

    void send(long id, Q request, Consumer<Outcome> answered) {
      synchronized (lock) {
        if (stream == null || stream.isOver()) {
          stream = new Stream();
          stream.open(
              ClientCalls.asyncBidiStreamingCall(
                  channel.newCall(method, CallOptions.DEFAULT), stream));
        }
        stream.send(id, request, answered);
      }
    }

    void end() {
      synchronized (lock) {
        if (stream != null) {
          stream.cancel();
        }
      }
    }
  }

  /** One stream and what is in flight on it. Sending is guarded by the line's lock. */
  private final class Stream implements StreamObserver<R> {
    private final Map<Long, Consumer<Outcome>> waiting = new LinkedHashMap<>();
    private boolean over;
    private Outcome end = Outcome.failed("UNAVAILABLE");
    private @Nullable StreamObserver<Q> out;

    void open(StreamObserver<Q> requestObserver) {
      out = requestObserver;
    }

    boolean isOver() {
      synchronized (waiting) {
        return over;
      }
    }

    void send(long id, Q request, Consumer<Outcome> answered) {
      boolean lost;
      synchronized (waiting) {
        lost = over;
        if (!lost) {
          waiting.put(id, answered);
        }
      }
      if (lost) {
        answered.accept(end);
      } else if (out != null) {
        out.onNext(request);
      }
    }

    void cancel() {
      if (!isOver() && out != null) {
        out.onError(Status.CANCELLED.withDescription("the run is over").asRuntimeException());
      }
    }

    @Override
    public void onNext(R response) {
      long id = messages.idOf(response);
      Consumer<Outcome> answered;
      synchronized (waiting) {
        // An answer without an id is counted for the request that has waited longest.
        Long key = id < 0 && !waiting.isEmpty() ? waiting.keySet().iterator().next() : (Long) id;
        answered = waiting.remove(key);
      }
      if (answered != null) {
        answered.accept(messages.judge(response));
      }
    }

    @Override
    public void onError(Throwable failure) {
      finish(Outcome.failed(failure));
    }

    @Override
    public void onCompleted() {
      finish(Outcome.failed("NO_ANSWER"));
    }

    private void finish(Outcome outcome) {
      List<Consumer<Outcome>> lost;
      synchronized (waiting) {
        over = true;
        end = outcome;
        lost = List.copyOf(waiting.values());
        waiting.clear();
      }
      lost.forEach(answered -> answered.accept(outcome));
    }
  }
}
