// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Closer;
import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.chassis.StartException;
import icecube.evaluation.RobustnessRun;
import icecube.modelserver.ModelServer;
import icecube.modelserver.ModelServerSettings;
import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.FeatureTable;
import icecube.proto.FeatureCodec;
import icecube.v1.EventResult;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.ModelServiceGrpc.ModelServiceBlockingStub;
import icecube.v1.PredictRequest;
import icecube.v1.Prediction;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The answers of a model server that is started here on a port of its own, for rows as they are:
 * any model it can serve, by the code that serves it. Confined to one thread.
 */
final class ServedAnswers implements RobustnessRun.Answers, AutoCloseable {
  /** How long one request may take; a first run of a graph on a busy machine takes seconds. */
  private static final long ANSWER_SECONDS_MAX = 60;

  private final Closer closer = new Closer();
  private final String model;
  private final ModelServiceBlockingStub stub;

  private ServedAnswers(Optional<Path> models, String model, DetectorGeometry geometry) {
    this.model = model;
    try {
      SimpleMeterRegistry meters = new SimpleMeterRegistry();
      closer.add(meters::close);
      ModelServer server =
          closer.add(
              ModelServer.start(
                  new ModelServerSettings(
                      ServerSettings.at(ServerSettings.HOST, 0),
                      models,
                      model,
                      geometry,
                      ModelServerSettings.workerCountDefault(),
                      ModelServerSettings.QUEUE_EVENTS_MAX),
                  meters));
      ManagedChannel channel = GrpcChannels.open(ServerSettings.HOST + ":" + server.port());
      closer.add(channel::shutdownNow);
      stub = ModelServiceGrpc.newBlockingStub(channel).withWaitForReady();
    } catch (RuntimeException e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** Starts a server with this model from a folder of models, if there is one. */
  static ServedAnswers start(Optional<Path> models, String model, DetectorGeometry geometry) {
    return new ServedAnswers(models, model, geometry);
  }

  @Override
  public List<Direction> of(FeatureTable table) {
    PredictRequest request =
        PredictRequest.newBuilder()
            .setModelName(model)
            .setFeatures(FeatureCodec.encode(table))
            .build();
    List<Direction> directions = new ArrayList<>();
    try {
      stub.withDeadlineAfter(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)
          .predict(request)
          .getResultsList()
          .forEach(result -> directions.add(directionOf(result)));
    } catch (StatusRuntimeException e) {
      throw new StartException(
          "--robustness: %s: %s (expected: answers within %d s)"
              .formatted(model, e.getMessage(), ANSWER_SECONDS_MAX),
          e);
    }
    return directions;
  }

  private Direction directionOf(EventResult result) {
    if (result.hasError()) {
      throw new StartException(
          "--robustness: %s: %s (expected: an answer to every event)"
              .formatted(model, result.getError().getMessage()),
          null);
    }
    Prediction prediction = result.getPrediction();
    return Direction.ofAngles(prediction.getAzimuthRad(), prediction.getZenithRad());
  }

  @Override
  public void close() {
    closer.close();
  }
}
