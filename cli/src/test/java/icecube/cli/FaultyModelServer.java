// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.GrpcServer;
import icecube.chassis.ServerSettings;
import icecube.physics.Direction;
import icecube.proto.PredictionCodec;
import icecube.v1.EventError;
import icecube.v1.EventResult;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.function.LongPredicate;

/** A model server with a model that is broken for some events: it answers no direction for them. */
final class FaultyModelServer implements AutoCloseable {
  private static final Direction UP = new Direction(0, 0, 1);

  private final LongPredicate isBroken;
  private final GrpcServer server;

  /** Starts it; {@code isBroken} tells for which event ids. */
  FaultyModelServer(LongPredicate isBroken) {
    this.isBroken = isBroken;
    this.server =
        GrpcServer.start(
            ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ZERO),
            List.of(new Service()));
  }

  String target() {
    return "127.0.0.1:" + server.port();
  }

  private PredictResponse answer(PredictRequest request) {
    var response = PredictResponse.newBuilder().setRequestId(request.getRequestId());
    for (long id : request.getFeatures().getEventIdList()) {
      response.addResults(isBroken.test(id) ? broken(id) : sound(id));
    }
    return response.build();
  }

  private static EventResult sound(long id) {
    var prediction = PredictionCodec.directed(UP).setEventId(id).setModelName("faulty");
    return EventResult.newBuilder().setPrediction(prediction).build();
  }

  private static EventResult broken(long id) {
    return EventResult.newBuilder()
        .setError(
            EventError.newBuilder()
                .setEventId(id)
                .setReason(Reason.REASON_PREDICTION_INVALID)
                .setMessage("zenith_rad: NaN (expected: 0..pi)"))
        .build();
  }

  @Override
  public void close() {
    server.close();
  }

  private final class Service extends ModelServiceGrpc.ModelServiceImplBase {
    @Override
    public StreamObserver<PredictRequest> predictStream(StreamObserver<PredictResponse> responses) {
      return new StreamObserver<>() {
        @Override
        public void onNext(PredictRequest request) {
          responses.onNext(answer(request));
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
