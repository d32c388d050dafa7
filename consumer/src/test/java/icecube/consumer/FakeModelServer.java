// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.GrpcServer;
import icecube.chassis.ServerSettings;
import icecube.physics.Direction;
import icecube.proto.PredictionCodec;
import icecube.proto.Reasons;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.Reason;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A model server that answers as a test wants it to, and can be killed and started again. */
final class FakeModelServer implements AutoCloseable {
  private static final Direction UP = new Direction(0, 0, 1);

  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();
  private volatile Behaviour behaviour = FakeModelServer::predict;
  private final int port;
  private GrpcServer server;

  /** What becomes of one request. */
  interface Behaviour {
    void answer(PredictRequest request, StreamObserver<PredictResponse> responses);
  }

  FakeModelServer() {
    server = started(0);
    port = server.port();
  }

  private GrpcServer started(int wantedPort) {
    var settings = ServerSettings.onLoopback(wantedPort).withDrain(Duration.ZERO, Duration.ZERO);
    return GrpcServer.start(settings, List.of(new Service()));
  }

  FakeModelServer with(Behaviour wanted) {
    behaviour = wanted;
    return this;
  }

  String target() {
    return "127.0.0.1:" + port;
  }

  /** Requests seen. */
  int requests() {
    return requests.get();
  }

  /** Streams opened. */
  int streams() {
    return streams.get();
  }

  /** Cuts every connection. */
  void kill() {
    server.close();
  }

  /** Comes back at the same port. */
  void restart() {
    server = started(port);
  }

  @Override
  public void close() {
    server.close();
  }

  /** The right answer. */
  static void predict(PredictRequest request, StreamObserver<PredictResponse> responses) {
    responses.onNext(answer(request));
  }

  static PredictResponse answer(PredictRequest request) {
    var response = PredictResponse.newBuilder().setRequestId(request.getRequestId());
    for (long id : request.getFeatures().getEventIdList()) {
      response.addResults(EventResult.newBuilder().setPrediction(prediction(id)));
    }
    return response.build();
  }

  static Prediction prediction(long eventId) {
    return PredictionCodec.directed(UP)
        .setEventId(eventId)
        .setModelName("fake")
        .setModelVersion("1")
        .build();
  }

  static EventResult error(long eventId, Reason reason) {
    return EventResult.newBuilder()
        .setError(EventError.newBuilder().setEventId(eventId).setReason(reason).setMessage("test"))
        .build();
  }

  /** Refuses a request as a whole. */
  static void refuse(
      PredictRequest request, StreamObserver<PredictResponse> responses, Reason reason) {
    responses.onNext(
        PredictResponse.newBuilder()
            .setRequestId(request.getRequestId())
            .setStatus(Reasons.toStatus(reason, "test", Duration.ofMillis(5)))
            .build());
  }

  /** Never answers. */
  static void hang(PredictRequest request, StreamObserver<PredictResponse> responses) {}

  private final class Service extends ModelServiceGrpc.ModelServiceImplBase {
    @Override
    public StreamObserver<PredictRequest> predictStream(StreamObserver<PredictResponse> responses) {
      streams.incrementAndGet();
      return new StreamObserver<>() {
        @Override
        public void onNext(PredictRequest request) {
          requests.incrementAndGet();
          behaviour.answer(request, responses);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }
}
