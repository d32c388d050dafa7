// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.otel.Telemetry;
import icecube.physics.Direction;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.Eventually;
import icecube.testkit.MlflowTracker;
import icecube.testkit.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sink and the MLflow that is installed: {@code -Dicecube.stores=true}, as starting it takes more
 * time than a test may.
 */
@EnabledIfSystemProperty(named = "icecube.stores", matches = "true")
final class MlflowSinkStoreIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void theWindowsOfTwoVersionsStandInTheirRunsAndGoOnAfterAStart() throws Exception {
    Optional<Program> program = Program.find(MlflowTracker.NAME);
    if (program.isEmpty()) {
      System.out.println(Program.absence(MlflowTracker.NAME));
    }
    assumeTrue(program.isPresent(), Program.absence(MlflowTracker.NAME));
    InMemoryEventLog log = new InMemoryEventLog(2);
    PublishedEvents events = new PublishedEvents(log);
    try (MlflowTracker mlflow = MlflowTracker.start(program.orElseThrow(), folder)) {
      events.publish(0, "direction", "1", 3, 1);
      try (MlflowSink sink = sink(log, mlflow)) {
        awaitEvents(mlflow, "icecube", 3);
        assertThat(sink.isReady()).isTrue();
      }
      events.publish(1, "direction", "2", 2, 0);
      try (MlflowSink sink = sink(log, mlflow)) {
        awaitEvents(mlflow, "icecube", 5);
        awaitEvents(mlflow, "direction 2", 2);
        assertThat(sink.isReady()).isTrue();
      }

      JsonNode stream = run(mlflow, "icecube");
      JsonNode first = run(mlflow, "direction 1");
      assertThat(first.at("/info/status").asText()).isEqualTo("FINISHED");
      assertThat(first.at("/data/tags").toString())
          .contains(stream.at("/info/run_id").asText())
          .contains("mlflow.parentRunId");
      assertThat(first.at("/data/params").toString()).contains("\"model_version\"");
      assertThat(sum(mlflow, first, "events")).isEqualTo(3);
      assertThat(sum(mlflow, stream, "dead_letters")).isEqualTo(1);
      assertThat(sum(mlflow, stream, "scored_events")).isEqualTo(5);
    }
  }

  private static MlflowSink sink(InMemoryEventLog log, MlflowTracker mlflow) {
    SinkSettings settings =
        new SinkSettings(
            MlflowServer.of(mlflow.uri().toString(), Map.of()),
            "icecube",
            SinkSettings.EXPERIMENT,
            Duration.ofSeconds(1),
            "icecube test");
    return MlflowSink.start(log, settings, id -> Direction.ofAngles(0, 1), Telemetry.off());
  }

  private void awaitEvents(MlflowTracker mlflow, String name, double count) {
    Eventually.see(
        name + " has " + count + " events",
        SOON,
        () -> sum(mlflow, run(mlflow, name), "events"),
        seen -> seen >= count);
    assertThat(sum(mlflow, run(mlflow, name), "events")).isEqualTo(count);
  }

  private JsonNode run(MlflowTracker mlflow, String name) {
    String body =
        "{\"experiment_ids\":[\"1\"],\"filter\":\"attributes.run_name = '" + name + "'\"}";
    HttpRequest request =
        HttpRequest.newBuilder(mlflow.uri().resolve("/api/2.0/mlflow/runs/search"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .timeout(Duration.ofSeconds(30))
            .build();
    return json(request).at("/runs/0");
  }

  private double sum(MlflowTracker mlflow, JsonNode run, String metric) {
    String id = run.at("/info/run_id").asText();
    if (id.isEmpty()) {
      return 0;
    }
    URI history =
        mlflow
            .uri()
            .resolve("/api/2.0/mlflow/metrics/get-history?run_id=" + id + "&metric_key=" + metric);
    double sum = 0;
    for (JsonNode point :
        json(HttpRequest.newBuilder(history).timeout(Duration.ofSeconds(30)).build())
            .path("metrics")) {
      sum += point.path("value").asDouble();
    }
    return sum;
  }

  private JsonNode json(HttpRequest request) {
    HttpResponse<String> answer =
        http.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
    try {
      return JSON.readTree(answer.body());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(answer.body(), e);
    }
  }
}
