// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Telemetry;
import icecube.v1.EventResult;
import icecube.v1.ModelServiceGrpc;
import inference.GRPCInferenceServiceGrpc;
import inference.RepositoryIndexRequest;
import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A whole model server that serves one origin and looks for changes all the time, and a caller. */
final class ServedModels implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ModelServer server;
  private final ManagedChannel channel;

  /**
   * @param origin as {@code serve --models} takes it
   */
  ServedModels(String origin, Map<String, String> environment) {
    var settings =
        ModelServerSettings.at(
                ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ofSeconds(5)),
                Samples.GEOMETRY)
            .withModels(List.of(ModelOrigin.parse(origin, environment)), POLL);
    server = ModelServer.start(settings, Telemetry.of(meters));
    channel = GrpcChannels.open("127.0.0.1:" + server.port());
  }

  /** Asks the echo for the direction of an event that is one, and tells which version answered. */
  String versionThatAnswers(String model) {
    var answer =
        ModelServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .predict(Samples.upwards().setModelName(model).build());
    assertThat(answer.getResultsList()).hasSize(1).allMatch(EventResult::hasPrediction);
    return answer.getModelVersion();
  }

  void awaitVersion(String model, String version) {
    Waiting.until(
        model + "/" + version + " answers", () -> versionThatAnswers(model).equals(version));
  }

  /** Waits until so many more looks for changes have failed, the version answering throughout. */
  void awaitFailedReads(int count, String model, String version) {
    double before = total("icecube.modelserver.source.reads.failed");
    Waiting.until(
        count + " looks fail",
        () -> {
          assertThat(versionThatAnswers(model)).isEqualTo(version);
          return total("icecube.modelserver.source.reads.failed") >= before + count;
        });
  }

  /** Waits until the index says that the newest files of a version are not served, and why. */
  void awaitTrouble(String model, String version, String reason) {
    Waiting.until(
        "%s/%s: %s".formatted(model, version, reason),
        () ->
            GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .repositoryIndex(RepositoryIndexRequest.getDefaultInstance())
                .getModelsList()
                .stream()
                .anyMatch(
                    entry ->
                        entry.getName().equals(model)
                            && entry.getVersion().equals(version)
                            && entry.getReason().contains(reason)));
  }

  private double total(String name) {
    return meters.find(name).counters().stream().mapToDouble(Counter::count).sum();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    Waiting.until("the channel ends", channel::isTerminated);
    server.close();
  }
}
