// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.GrpcChannels;
import icecube.chassis.ServerSettings;
import icecube.otel.Meters;
import icecube.otel.Telemetry;
import icecube.v1.ModelServiceGrpc;
import io.grpc.ManagedChannel;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of models that come and go. */
@Timeout(120)
final class ModelMetersTest {
  private static final int VERSIONS = 30;

  @TempDir private Path models;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void aServerOfEverNewVersionsShowsNoMoreSeriesThanOfTheFirst() throws Exception {
    Graphs.writeEcho(models, "echo", "1", "version 1");
    try (var server = start()) {
      ask(server);
      long atFirst = seriesOf("echo");
      for (int version = 2; version <= VERSIONS; version++) {
        Graphs.writeEcho(models, "echo", Integer.toString(version), "version " + version);
        delete(models.resolve("echo/" + (version - 1)));
        load(server);
        ask(server);
      }

      assertThat(seriesOf("echo")).isEqualTo(atFirst);
      assertThat(predicted("echo", Integer.toString(VERSIONS))).contains(" 1.0");
      assertThat(registry.scrape()).doesNotContain("model_version=\"" + (VERSIONS - 1) + "\"");
    }
  }

  @Test
  void aVersionThatStillAnswersIsShownUntilItHas() throws Exception {
    Graphs.writeEcho(models, "echo", "1", "first");
    try (var server = start()) {
      ask(server);
      var asked = server.models().acquire("echo", "1");
      Graphs.writeEcho(models, "echo", "2", "second");
      delete(models.resolve("echo/1"));

      load(server);
      assertThat(predicted("echo", "1")).contains(" 1.0");
      asked.release();
      load(server);
      assertThat(predicted("echo", "1")).isEmpty();
    }
  }

  @Test
  void aModelThatComesBackIsCountedAnew() throws Exception {
    Graphs.writeEcho(models, "echo", "1", "first");
    try (var server = start()) {
      ask(server);
      ask(server);
      assertThat(predicted("echo", "1")).contains(" 2.0");

      server.models().unload("echo").get(20, TimeUnit.SECONDS);
      assertThat(predicted("echo", "1")).isEmpty();
      assertThat(registry.scrape()).doesNotContain("model=\"echo\",model_version");
      load(server);
      assertThat(registry.scrape())
          .contains("icecube_modelserver_model_healthy{model=\"echo\",model_version=\"1\"} 1.0");
      ask(server);

      assertThat(predicted("echo", "1")).contains(" 1.0");
    }
  }

  @Test
  void ofAModelThatIsGoneNothingIsShown() throws Exception {
    Graphs.writeEcho(models, "echo", "1", "first");
    try (var server = start()) {
      ask(server);
      assertThat(seriesOf("echo")).isPositive();

      delete(models.resolve("echo"));
      server.models().pollEvery(Duration.ofMillis(5));

      Waiting.until("it is gone", () -> seriesOf("echo") == 0);
    }
  }

  @Test
  void whatBelongsToNoVersionStaysAsLongAsItsModel() {
    var meters = new ModelMeters(Meters.of(registry));
    var loads =
        meters.counter("icecube_modelserver_loads_total", "model", "a", "outcome", "failed");
    meters.summary("icecube_modelserver_divergence_rad", "model", "a", "model_version", "1");

    meters.keepOnly(Map.of("a", Set.of()));

    assertThat(meters.counter("icecube_modelserver_loads_total", "model", "a", "outcome", "failed"))
        .isSameAs(loads);
    assertThat(registry.scrape()).contains("loads_total").doesNotContain("divergence");
    meters.keepOnly(Map.of());
    assertThat(registry.getMeters()).isEmpty();
  }

  private ModelServer start() {
    var settings =
        new ModelServerSettings(
            ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ofSeconds(2)),
            Optional.of(models),
            "line-fit",
            Samples.GEOMETRY,
            1,
            1_024);
    return ModelServer.start(settings, Telemetry.of(registry));
  }

  private static void ask(ModelServer server) {
    ManagedChannel channel = GrpcChannels.open(server.address());
    try {
      var answer =
          ModelServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(20, TimeUnit.SECONDS)
              .predict(Samples.upwards().setModelName("echo").build());
      assertThat(answer.getResults(0).hasPrediction()).isTrue();
    } finally {
      channel.shutdownNow();
    }
    // It is told before it is done with.
    Waiting.until("nothing is in flight", () -> server.eventsInFlight() == 0);
  }

  private static void load(ModelServer server) throws Exception {
    server.models().load("echo").get(20, TimeUnit.SECONDS);
  }

  private long seriesOf(String model) {
    return registry.scrape().lines().filter(line -> line.contains("\"" + model + "\"")).count();
  }

  /** The line that counts the events a version has predicted; empty if there is none. */
  private String predicted(String model, String version) {
    String start =
        "icecube_modelserver_events_predicted_total{model=\"%s\",model_version=\"%s\"}"
            .formatted(model, version);
    return registry.scrape().lines().filter(line -> line.startsWith(start)).findFirst().orElse("");
  }

  private static void delete(Path folder) throws IOException {
    try (var entries = Files.walk(folder)) {
      for (var entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(entry);
      }
    }
  }
}
