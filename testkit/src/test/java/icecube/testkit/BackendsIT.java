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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real Collector, Jaeger and Prometheus with the files of room otel, fed one span by hand: with
 * {@code -Dicecube.backends=true}, as {@code .ci/run} does.
 */
@EnabledIfSystemProperty(named = "icecube.backends", matches = "true")
final class BackendsIT {
  private static final Duration SEEN_MAX = Duration.ofSeconds(30);
  private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

  /** A metric at the beginning of a line of Prometheus' text. */
  private static final Pattern NAME = Pattern.compile("^otelcol_\\w+", Pattern.MULTILINE);

  private static final Pattern ASKED = Pattern.compile("otelcol_\\w+(\\(\\w+\\)\\?)?");

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
  void whatRulesAndDashboardsAskOfTheCollectorItTells() throws IOException {
    Path impatient =
        Files.writeString(
            folder.resolve("impatient.yaml"),
            """
            processors: {batch: {send_batch_size: 1, send_batch_max_size: 1}}
            exporters:
              otlp_grpc/jaeger:
                sending_queue: {queue_size: 1, num_consumers: 1}
                retry_on_failure: {initial_interval: 100ms, max_interval: 1s, max_elapsed_time: 2s}
            """);
    try (var collector =
        CollectorServer.start(
            program(CollectorServer.NAME),
            folder,
            Map.of("JAEGER_OTLP_ENDPOINT", "127.0.0.1:1"), // Nobody listens there.
            impatient.toString())) {
      // Such a counter appears with what it counts: one that cannot be sent, many for the queue.
      for (int span = 0; span < 8; span++) {
        sendSpan(collector.otlpHttp(), TRACE_ID, 0);
      }
      Set<String> asked = askedOfTheCollector();
      assertThat(asked).hasSizeGreaterThanOrEqualTo(2);
      Eventually.see(
          "metrics of the Collector like each of " + asked,
          SEEN_MAX,
          () ->
              NAME.matcher(collector.selfMetrics())
                  .results()
                  .map(MatchResult::group)
                  .distinct()
                  .toList(),
          told -> asked.stream().allMatch(name -> told.stream().anyMatch(t -> t.matches(name))));
    }
  }

  /** The Collector's own metrics that rules and dashboards name, some by a regular expression. */
  private static Set<String> askedOfTheCollector() throws IOException {
    Set<String> asked = new TreeSet<>();
    for (String part : List.of("prometheus/rules", "grafana/dashboards")) {
      try (Stream<Path> files = Files.list(Program.root().resolve("otel").resolve(part))) {
        for (Path file : files.toList()) {
          ASKED
              .matcher(Files.readString(file))
              .results()
              .map(MatchResult::group)
              .forEach(asked::add);
        }
      }
    }
    return asked;
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
