// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** Sends every request as a call of its own, over the connections in turn. Thread-safe. */
final class UnaryCaller<Q, R> implements Caller {
  private final List<? extends Channel> channels;
  private final MethodDescriptor<Q, R> method;
  private final List<Prepared<Q>> requests;
  private final Duration timeout;
  private final Function<R, Outcome> judge;
  private final AtomicInteger calls = new AtomicInteger();

  UnaryCaller(
      List<? extends Channel> channels,
      MethodDescriptor<Q, R> method,
      List<Prepared<Q>> requests,
      Duration timeout,
      Function<R, Outcome> judge) {
    this.channels = channels;
    this.method = method;
    this.requests = requests;
    this.timeout = timeout;
    this.judge = judge;
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
    Channel channel = channels.get(Math.floorMod(calls.getAndIncrement(), channels.size()));
    var options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    ClientCalls.asyncUnaryCall(
        channel.newCall(method, options),
        requests.get(request).message(),
        new StreamObserver<R>() {
          private boolean told;

          @Override
          public void onNext(R response) {
            told = true;
            answered.accept(judge.apply(response));
          }

          @Override
          public void onError(Throwable failure) {
            // A call may still fail after its answer; the answer counts.
            if (!told) {
              answered.accept(Outcome.failed(failure));
            }
          }

          @Override
          public void onCompleted() {
            if (!told) {
              answered.accept(Outcome.failed("NO_ANSWER"));
            }
          }
        });
  }

  /** Calls end with their deadlines, or with their channels, which others own. */
  @Override
  public void close() {}
}
