// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.RetryInfo;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferResponse;
import inference.ModelMetadataRequest;
import inference.ModelMetadataResponse;
import inference.ModelMetadataResponse.TensorMetadata;
import inference.ModelStatisticsRequest;
import inference.ModelStatisticsResponse;
import inference.ModelStreamInferResponse;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of both protocols on loopback that answers everything, except every fourth request. */
final class FakeServer implements AutoCloseable {
  static final com.google.rpc.Status BUSY =
      com.google.rpc.Status.newBuilder()
          .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
          .addDetails(
              Any.pack(
                  RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setNanos(1)).build()))
          .build();

  final List<ModelInferRequest> inferred = new CopyOnWriteArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final Server server;

  FakeServer() {
    try {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(new Inference())
              .addService(new Models())
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String target() {
    return "127.0.0.1:" + server.getPort();
  }

  private boolean isFourth() {
    return requests.incrementAndGet() % 4 == 0;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Inference extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {
    @Override
    public void modelMetadata(
        ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> responses) {
      if (!request.getName().equals("m")) {
        responses.onError(Status.NOT_FOUND.withDescription("no such model").asException());
        return;
      }
      responses.onNext(
          ModelMetadataResponse.newBuilder()
              .setName("m")
              .addInputs(
                  TensorMetadata.newBuilder()
                      .setName("x")
                      .setDatatype("FP32")
                      .addShape(-1)
                      .addShape(3))
              .build());
      responses.onCompleted();
    }

    @Override
    public void modelInfer(
        ModelInferRequest request, StreamObserver<ModelInferResponse> responses) {
      inferred.add(request);
      if (isFourth()) {
        var trailers = new Metadata();
        trailers.put(
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER), "5");
        responses.onError(Status.RESOURCE_EXHAUSTED.asException(trailers));
        return;
      }
      answered.incrementAndGet();
      responses.onNext(ModelInferResponse.getDefaultInstance());
      responses.onCompleted();
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(
        StreamObserver<ModelStreamInferResponse> responses) {
      return new Echo<>(responses) {
        @Override
        public void onNext(ModelInferRequest request) {
          inferred.add(request);
          var response = ModelStreamInferResponse.newBuilder();
          if (isFourth()) {
            // As some servers do: no id with an error.
            responses.onNext(response.setErrorMessage("busy").build());
          } else {
            response.getInferResponseBuilder().setId(request.getId());
            responses.onNext(response.build());
          }
        }
      };
    }

    @Override
    public void modelStatistics(
        ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> responses) {
      var statistics = ModelStatisticsResponse.newBuilder();
      var model = statistics.addModelStatsBuilder().setName("m");
      int count = answered.get();
      model.setInferenceCount(2L * count).setExecutionCount(count);
      var times = model.getInferenceStatsBuilder();
      times.getSuccessBuilder().setCount(count);
      times.getQueueBuilder().setNs(3_000_000L * count);
      times.getComputeInferBuilder().setNs(1_000_000L * count);
      responses.onNext(statistics.build());
      responses.onCompleted();
    }
  }

  private final class Models extends ModelServiceGrpc.ModelServiceImplBase {
    @Override
    public void predict(PredictRequest request, StreamObserver<PredictResponse> responses) {
      responses.onNext(half(request));
      responses.onCompleted();
    }

    @Override
    public StreamObserver<PredictRequest> predictStream(StreamObserver<PredictResponse> responses) {
      return new Echo<>(responses) {
        @Override
        public void onNext(PredictRequest request) {
          var response = half(request);
          responses.onNext(
              isFourth() ? response.toBuilder().clearResults().setStatus(BUSY).build() : response);
        }
      };
    }

    /** Predicts the first event and refuses the others. */
    private PredictResponse half(PredictRequest request) {
      var response = PredictResponse.newBuilder().setRequestId(request.getRequestId());
      for (int event = 0; event < request.getFeatures().getEventIdCount(); event++) {
        response.addResults(
            event == 0
                ? EventResult.newBuilder().setPrediction(Prediction.getDefaultInstance())
                : EventResult.newBuilder().setError(EventError.getDefaultInstance()));
      }
      return response.build();
    }
  }

  private abstract static class Echo<Q, R> implements StreamObserver<Q> {
    private final StreamObserver<R> responses;

    Echo(StreamObserver<R> responses) {
      this.responses = responses;
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }
}
