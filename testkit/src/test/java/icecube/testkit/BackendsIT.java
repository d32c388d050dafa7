// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real Collector, Jaeger and Prometheus with the files of room otel, fed one span by hand. */
final class BackendsIT {
  private static final Duration SEEN_MAX = Duration.ofSeconds(30);
  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

  @TempDir Path folder;

  private static Program program(String name) {
    assumeTrue(Program.find(name).isPresent(), Program.absence(name));
    return Program.find(name).orElseThrow();
  }

  private static void sendSpan(URI otlpHttp, String traceId, int statusCode) throws IOException {
    sendSpan(otlpHttp, traceId, statusCode, 0);
  }

  /** One span of 7 ms that ended now, as a service named "hand" would send it. */
  private static void sendSpan(URI otlpHttp, String traceId, int statusCode, int deadLettered)
      throws IOException {
    long end = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    String body =
        """
        {"resourceSpans":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"hand"}}]},
         "scopeSpans":[{"spans":[{"traceId":"%s","spanId":"b7ad6b7169203331","name":"wave","kind":2,
          "startTimeUnixNano":"%d","endTimeUnixNano":"%d","status":{"code":%d},
          "attributes":[{"key":"icecube.events.dead_lettered","value":{"intValue":"%d"}}]}]}]}]}
        """
            .formatted(traceId, end - 7_000_000, end, statusCode, deadLettered);
    var connection = (HttpURLConnection) otlpHttp.resolve("/v1/traces").toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    assertThat(connection.getResponseCode()).isEqualTo(200);
  }

  private static int spansIn(JaegerServer jaeger) {
    return jaeger.traces("hand", 10).size();
  }

  @Test
  void aSpanGoesThroughTheCollectorToJaegerAndItsDurationToPrometheus() throws IOException {
    Program collectorProgram = program(CollectorServer.NAME);
    Program prometheusProgram = program(PrometheusServer.NAME);
    try (var jaeger = JaegerServer.start(program(JaegerServer.NAME), folder);
        var collector =
            CollectorServer.start(
                collectorProgram, folder, Map.of("JAEGER_OTLP_ENDPOINT", jaeger.otlpGrpc()))) {
      sendSpan(collector.otlpHttp(), TRACE_ID, 0);
      Eventually.see("the span in Jaeger", SEEN_MAX, () -> spansIn(jaeger), n -> n == 1);
      assertThat(jaeger.services()).contains("hand");
      JsonNode span = jaeger.trace(TRACE_ID).path("spans").path(0);
      assertThat(span.path("operationName").asText()).isEqualTo("wave");
      assertThat(span.path("duration").asInt()).isEqualTo(7000);

      Path configuration = folder.resolve("prometheus.yml");
      Files.writeString(
          configuration,
          """
          global: {scrape_interval: 1s}
          scrape_configs:
            - job_name: spans
              static_configs: [{targets: ["%s"]}]
          """
              .formatted(collector.spanMetricsTarget()));
      try (var prometheus = PrometheusServer.start(prometheusProgram, folder, configuration)) {
        Eventually.see(
            "the duration in Prometheus",
            SEEN_MAX,
            () -> prometheus.query("icecube_spans_duration_seconds_count{span_name=\"wave\"}"),
            series -> series.size() == 1);
        assertThat(prometheus.targets().path(0).path("health").asText()).isEqualTo("up");
        Eventually.see(
            "the exemplar that leads to the trace",
            SEEN_MAX,
            () -> prometheus.exemplars("icecube_spans_duration_seconds_bucket").toString(),
            exemplars -> exemplars.contains(TRACE_ID));
      }
    }
  }

  @Test
  void aSecondBackEndIsSentTheSame() throws IOException {
    Program collectorProgram = program(CollectorServer.NAME);
    Program jaegerProgram = program(JaegerServer.NAME);
    Path other = Files.createDirectory(folder.resolve("other"));
    try (var first = JaegerServer.start(jaegerProgram, folder);
        var second = JaegerServer.start(jaegerProgram, other);
        var collector =
            CollectorServer.start(
                collectorProgram,
                folder,
                Map.of(
                    "JAEGER_OTLP_ENDPOINT", first.otlpGrpc(),
                    "SECOND_OTLP_ENDPOINT", second.otlpGrpc(),
                    "SECOND_OTLP_INSECURE", "true"),
                "second-backend.yaml")) {
      sendSpan(collector.otlpHttp(), TRACE_ID, 0);
      Eventually.see("the span in the first", SEEN_MAX, () -> spansIn(first), n -> n == 1);
      Eventually.see("the span in the second", SEEN_MAX, () -> spansIn(second), n -> n == 1);
    }
  }

  @Test
  void tailSamplingKeepsWhatFailedAndDropsTheRestAtAShareOfZero() throws IOException {
    Program collectorProgram = program(CollectorServer.NAME);
    try (var jaeger = JaegerServer.start(program(JaegerServer.NAME), folder);
        var collector =
            CollectorServer.start(
                collectorProgram,
                folder,
                Map.of(
                    "JAEGER_OTLP_ENDPOINT", jaeger.otlpGrpc(),
                    "TAIL_SAMPLING_WAIT", "1s",
                    "TAIL_SAMPLING_PERCENT", "0"),
                "tail-sampling.yaml")) {
      String failed = TRACE_ID.replace("0af", "fff");
      String deadLettered = TRACE_ID.replace("0af", "ddd");
      sendSpan(collector.otlpHttp(), TRACE_ID, 0);
      sendSpan(collector.otlpHttp(), failed, 2);
      sendSpan(collector.otlpHttp(), deadLettered, 0, 2);
      Eventually.see("the two to keep", SEEN_MAX, () -> spansIn(jaeger), n -> n >= 2);
      assertThat(jaeger.traces("hand", 10).findValuesAsText("traceID"))
          .containsOnly(failed, deadLettered);
    }
  }

  @Test
  void aServerThatDoesNotStartSaysWhy() {
    Program program = program(PrometheusServer.NAME);
    Path missing = folder.resolve("missing.yml");
    assertThat(catchThrowable(() -> PrometheusServer.start(program, folder, missing)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("exit code")
        .hasMessageContaining("missing.yml");
  }
}
