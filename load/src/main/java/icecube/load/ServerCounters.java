// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import inference.GRPCInferenceServiceGrpc;
import inference.InferStatistics;
import inference.ModelStatistics;
import inference.ModelStatisticsRequest;
import inference.ModelStatisticsResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a server counts about its model, read at the beginning and the end of what is measured. */
public interface ServerCounters {
  /** How long an answer is waited for. */
  long READ_SECONDS_MAX = 2;

  /** A server that counts nothing. */
  ServerCounters NONE = () -> CompletableFuture.completedFuture(Optional.empty());

  /** Asks; completes with nothing if the server does not say, and never with an exception. */
  CompletableFuture<Optional<Counts>> read();

  /**
   * Counters since the server started; times are sums.
   *
   * @param requests requests answered with success
   * @param items items they had
   * @param runs runs of the model that answered them
   * @param queueNanos their time before a run
   * @param computeNanos their time in runs, inputs and outputs included
   */
  record Counts(long requests, long items, long runs, long queueNanos, long computeNanos) {}

  /** {@code ModelStatistics} of the Open Inference Protocol, summed over the versions. */
  static ServerCounters modelStatistics(Channel channel, String model, String version) {
    var request = ModelStatisticsRequest.newBuilder().setName(model).setVersion(version).build();
    return () -> {
      var counts = new CompletableFuture<Optional<Counts>>();
      GRPCInferenceServiceGrpc.newStub(channel)
          .withDeadlineAfter(READ_SECONDS_MAX, TimeUnit.SECONDS)
          .modelStatistics(
              request,
              new StreamObserver<>() {
                @Override
                public void onNext(ModelStatisticsResponse response) {
                  counts.complete(sum(response));
                }

                @Override
                public void onError(Throwable failure) {
                  counts.complete(Optional.empty());
                }

                @Override
                public void onCompleted() {
                  counts.complete(Optional.empty());
                }
              });
      return counts;
    };
  }

  private static Optional<Counts> sum(ModelStatisticsResponse response) {
    return response.getModelStatsList().stream()
        .map(ServerCounters::countsOf)
        .reduce(
            (a, b) ->
                new Counts(
                    a.requests + b.requests,
                    a.items + b.items,
                    a.runs + b.runs,
                    a.queueNanos + b.queueNanos,
                    a.computeNanos + b.computeNanos));
  }

  private static Counts countsOf(ModelStatistics model) {
    InferStatistics stats = model.getInferenceStats();
    return new Counts(
        stats.getSuccess().getCount(),
        model.getInferenceCount(),
        model.getExecutionCount(),
        stats.getQueue().getNs(),
        stats.getComputeInput().getNs()
            + stats.getComputeInfer().getNs()
            + stats.getComputeOutput().getNs());
  }
}
