// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.chassis.StartException;
import icecube.otel.Telemetry;
import icecube.proto.Reasons;
import icecube.v1.ModelServiceGrpc;
import icecube.v1.Reason;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a whole server. */
final class ModelServerTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void nothingIsLeftBehind() {
    Waiting.until("workers end", () -> Waiting.threads("model-worker-").isEmpty());
  }

  @Test
  void healthTellsOfTheServerItsServiceAndEachModel(@TempDir Path models) throws Exception {
    Files.createDirectories(models.resolve("broken/1"));
    try (var server = start(Optional.of(models), Duration.ZERO)) {
      var channel = GrpcChannels.open("127.0.0.1:" + server.port());
      assertThat(server.isReady()).isTrue();
      assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
      assertThat(health(channel, "icecube.v1.ModelService")).isEqualTo(ServingStatus.SERVING);
      assertThat(health(channel, "inference.GRPCInferenceService"))
          .isEqualTo(ServingStatus.SERVING);
      assertThat(health(channel, "model/line-fit")).isEqualTo(ServingStatus.SERVING);
      assertThat(health(channel, "model/broken")).isEqualTo(ServingStatus.NOT_SERVING);
      assertThatThrownBy(() -> health(channel, "model/nobody")).hasMessageStartingWith("NOT_FOUND");
      end(channel);
    }
  }

  @Test
  void aClosingServerSaysSoAndStillAnswersForTheDrainDelay() throws Exception {
    var server = start(Optional.empty(), Duration.ofSeconds(5));
    var channel = GrpcChannels.open("127.0.0.1:" + server.port());
    assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
    var closing = new Thread(server::close, "test-close");
    closing.start();
    Waiting.until(
        "health says not serving",
        () -> health(channel, "model/line-fit") == ServingStatus.NOT_SERVING);
    assertThat(server.isReady()).isFalse();

    var response =
        ModelServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .predict(Samples.eventsRequest(Samples.events(new SplittableRandom(1), 3)).build());

    assertThat(response.getResultsCount()).isEqualTo(3);
    closing.join(20_000);
    assertThat(closing.isAlive()).isFalse();
    server.close();
    end(channel);
  }

  @Test
  void anOpenStreamDoesNotHoldUpTheEndAndIsToldWhy() throws Exception {
    var server = start(Optional.empty(), Duration.ZERO);
    var channel = GrpcChannels.open("127.0.0.1:" + server.port());
    var caller = new PredictStreamCaller(ModelServiceGrpc.newStub(channel));
    caller.send(1, Samples.eventsRequest(Samples.events(new SplittableRandom(1), 1)));
    assertThat(caller.next().getResults(0).hasPrediction()).isTrue();

    long start = System.nanoTime();
    server.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    assertThat(Reasons.reasonOf(requireNonNull(caller.awaitEnd())))
        .contains(Reason.REASON_DRAINING);
    end(channel);
  }

  @Test
  void aPortThatIsTakenIsAClearErrorAndLeavesNothingBehind() throws IOException {
    try (var server = start(Optional.empty(), Duration.ZERO)) {
      var taken = settings(ServerSettings.onLoopback(server.port()), Optional.empty());

      assertThatThrownBy(() -> ModelServer.start(taken, Telemetry.off()))
          .isInstanceOf(StartException.class)
          .hasMessageContaining(Integer.toString(server.port()));
      Waiting.until(
          "only one server's workers are left", () -> Waiting.threads("model-worker-").size() == 2);
    }
  }

  @Test
  void metersShowTheBalance() throws Exception {
    try (var server = start(Optional.of(Samples.MODELS), Duration.ZERO)) {
      var channel = GrpcChannels.open("127.0.0.1:" + server.port());
      var caller = new PredictStreamCaller(ModelServiceGrpc.newStub(channel));
      var request = Samples.eventsRequest(Samples.events(new SplittableRandom(1), 3));
      request.getEventsBuilder().addEventId(4).addPulseCount(0);
      for (long id = 0; id < 10; id++) {
        caller.send(id, request.setModelName(id % 2 == 0 ? "" : "line-fit-onnx"));
      }
      caller.send(10, request.setModelName("nobody"));
      for (int answer = 0; answer < 11; answer++) {
        assertThat(caller.next().getRequestId()).isBetween(0L, 10L);
      }
      assertThat(meters.get("icecube.modelserver.streams").gauge().value()).isEqualTo(1);
      caller.complete();
      assertThat(caller.awaitEnd()).isNull();

      assertThat(count("requests.answered")).isEqualTo(10);
      assertThat(count("requests.dropped", "reason", "MODEL_UNKNOWN")).isEqualTo(1);
      assertThat(count("events.predicted", "model", "line-fit")).isEqualTo(15);
      assertThat(count("events.predicted", "model", "line-fit-onnx")).isEqualTo(15);
      assertThat(count("events.refused", "reason", "EVENT_EMPTY")).isEqualTo(10);
      assertThat(meters.get("icecube.modelserver.queue.wait").timer().count()).isEqualTo(10);
      assertThat(meters.get("icecube.modelserver.request.events").summary().totalAmount())
          .isEqualTo(40);
      Waiting.until("nothing is in flight", () -> server.eventsInFlight() == 0);
      end(channel);
    }
  }

  @Test
  void settingsRefuseWhatMakesNoSense() {
    var server = ServerSettings.onLoopback(0);
    var defaults = ModelServerSettings.at(server, Samples.GEOMETRY);
    assertThat(defaults.defaultModel()).isEqualTo("line-fit");
    assertThat(defaults.queueEventsMax()).isEqualTo(8_192);
    assertThat(defaults.workerCount()).isPositive();
    for (int workers : List.of(0, 257)) {
      assertThatThrownBy(() -> sized(server, "line-fit", workers, 1))
          .hasMessage("worker-count: " + workers + " (expected: 1..256)");
    }
    for (int events : List.of(0, (1 << 20) + 1)) {
      assertThatThrownBy(() -> sized(server, "line-fit", 1, events))
          .hasMessage("queue-events-max: " + events + " (expected: 1..1048576)");
    }
    assertThatThrownBy(() -> sized(server, " ", 1, 1)).hasMessageContaining("default-model");
  }

  private ModelServer start(Optional<Path> models, Duration drainDelay) {
    var server = ServerSettings.onLoopback(0).withDrain(drainDelay, Duration.ofSeconds(60));
    return ModelServer.start(settings(server, models), Telemetry.of(meters));
  }

  private static ModelServerSettings settings(ServerSettings server, Optional<Path> models) {
    return new ModelServerSettings(server, models, "line-fit", Samples.GEOMETRY, 2, 8_192);
  }

  private static ModelServerSettings sized(
      ServerSettings server, String model, int workers, int events) {
    return new ModelServerSettings(
        server, Optional.empty(), model, Samples.GEOMETRY, workers, events);
  }

  private double count(String noun, String... tags) {
    return meters.get("icecube.modelserver." + noun).tags(tags).counter().count();
  }

  private static ServingStatus health(ManagedChannel channel, String service) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private static void end(ManagedChannel channel) throws InterruptedException {
    channel.shutdownNow();
    channel.awaitTermination(5, TimeUnit.SECONDS);
  }
}
