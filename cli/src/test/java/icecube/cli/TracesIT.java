// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.emitter.SimulatedSource;
import icecube.modelserver.Device;
import icecube.otel.Telemetry;
import icecube.otel.Tracing;
import icecube.physics.IceCube86;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.testkit.CollectorServer;
import icecube.testkit.Eventually;
import icecube.testkit.JaegerServer;
import icecube.testkit.Program;
import icecube.v1.DeadLetterBatch;
import icecube.v1.PredictionBatch;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole mesh, a real Collector and a real Jaeger: what a person sees who looks for a trace. */
@Timeout(180)
final class TracesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<String> OF_ONE_ENTRY =
      Set.of(
          "send events",
          "process events",
          "prepare",
          "icecube.v1.ModelService/PredictStream",
          "queue",
          "compute",
          "publish predictions");

  private static final String PREDICT_STREAM = "icecube.v1.ModelService/PredictStream";

  @TempDir private static Path servers;
  private static JaegerServer jaeger;
  private static CollectorServer collector;

  @TempDir private Path folder;

  @BeforeAll
  static void startServers() throws IOException {
    var jaegerProgram = Program.find(JaegerServer.NAME);
    var collectorProgram = Program.find(CollectorServer.NAME);
    assumeTrue(jaegerProgram.isPresent(), () -> Program.absence(JaegerServer.NAME));
    assumeTrue(collectorProgram.isPresent(), () -> Program.absence(CollectorServer.NAME));
    jaeger = JaegerServer.start(jaegerProgram.orElseThrow(), folder("jaeger"));
    collector = startCollector("collector");
  }

  private static Path folder(String name) throws IOException {
    return Files.createDirectories(servers.resolve(name));
  }

  private static CollectorServer startCollector(String name) throws IOException {
    return CollectorServer.start(
        Program.find(CollectorServer.NAME).orElseThrow(),
        folder(name),
        Map.of("JAEGER_OTLP_ENDPOINT", jaeger.otlpGrpc()));
  }

  @AfterAll
  static void stopServers() {
    if (collector != null) {
      collector.close();
    }
    if (jaeger != null) {
      jaeger.close();
    }
  }

  private Mesh startMesh(double ratio) {
    return Mesh.start(
        new Mesh.Settings(
            folder.resolve("redis"),
            List.of(),
            "line-fit",
            Device.CPU,
            IceCube86.geometry(),
            1,
            new ToldService.TraceSettings(
                OptionalDouble.of(ratio),
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.otlpGrpc().toString()))));
  }

  private static void emit(Mesh mesh, int events) throws InterruptedException {
    var source = SimulatedSource.of(1, events, IceCube86.geometry(), 1);
    var emitter = new Emitter(source, mesh.log(), EmitterSettings.DEFAULT, mesh.emitterTelemetry());
    assertThat(emitter.run().isComplete()).isTrue();
  }

  /** The trace in Jaeger, once it has all of these spans. */
  private static JaegerTrace awaitTrace(String traceId, Set<String> names) {
    return Eventually.see(
        "trace " + traceId + " with " + names,
        PATIENCE,
        () -> found(traceId),
        trace -> trace.names().containsAll(names));
  }

  /** What Jaeger has of a trace by now; it answers 404 as long as that is nothing. */
  private static JaegerTrace found(String traceId) {
    try {
      return JaegerTrace.of(jaeger.trace(traceId));
    } catch (IllegalStateException e) {
      return new JaegerTrace(List.of(), MissingNode.getInstance());
    }
  }

  @Test
  void entryIsOneTraceInJaegerFromTheEmitterToItsPublication() throws Exception {
    try (Mesh mesh = startMesh(1)) {
      emit(mesh, 100);

      List<JaegerTrace> traces = new ArrayList<>();
      for (String traceId : publishedTraces(mesh.log())) {
        traces.add(awaitTrace(traceId, OF_ONE_ENTRY));
      }

      assertThat(traces).hasSize(4);
      for (var trace : traces) {
        trace.requireWay(
            "send events",
            "process events",
            "icecube.v1.ModelService/PredictStream",
            "icecube.v1.ModelService/PredictStream",
            "compute");
        trace.requireWay("process events", "prepare");
        trace.requireWay("process events", "publish predictions");
        trace.requireWay("icecube.v1.ModelService/PredictStream", "queue");
        assertThat(trace.services())
            .contains("icecube-emitter", "icecube-consumer", "icecube-model-server");
      }
      var withRound =
          traces.stream()
              .filter(trace -> trace.names().contains("round"))
              .findFirst()
              .orElseThrow();
      withRound.requireWay("compute", "round", "run");
      assertThat(withRound.linksOf("round"))
          .containsAll(withRound.idsOf(PREDICT_STREAM, "server"))
          .isSubsetOf(
              traces.stream()
                  .flatMap(trace -> trace.idsOf(PREDICT_STREAM, "server").stream())
                  .toList());
      System.out.println(withRound.toTree());
      requireExemplar(mesh);
    }
  }

  private static Set<String> publishedTraces(EventLog log) throws Exception {
    Set<String> ids = new TreeSet<>();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      for (var entry : log.predictions(partition, "", 100)) {
        ids.add(PredictionBatch.parseFrom(entry.payload()).getTraceparent().substring(3, 35));
      }
    }
    return ids;
  }

  /** A bucket of a histogram on a consumer's page names a trace that Jaeger has. */
  private static void requireExemplar(Mesh mesh) throws Exception {
    var client = HttpClient.newHttpClient();
    var pattern =
        Pattern.compile("icecube_consumer_event_age_seconds_bucket.*trace_id=\"([0-9a-f]{32})\"");
    var targets = ask(client, mesh.targetsUri().toString(), "application/json");
    var address = Pattern.compile("\"([0-9.]+:[0-9]+)\"").matcher(targets);
    String found = "";
    while (found.isEmpty() && address.find()) {
      var page =
          ask(client, "http://" + address.group(1) + "/metrics", "application/openmetrics-text");
      assertThat(page).endsWith("# EOF\n");
      var exemplar = pattern.matcher(page);
      found = exemplar.find() ? exemplar.group(1) : "";
    }
    assertThat(found).as("an exemplar").isNotEmpty();
    awaitTrace(found, Set.of("process events"));
  }

  private static String ask(HttpClient client, String uri, String accept) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(uri)).header("Accept", accept).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  @Test
  void deadLetterIsTracedAlthoughNothingIsDrawn() throws Exception {
    try (Mesh mesh = startMesh(0)) {
      long epoch = mesh.log().openProducer(0, "broken").epoch();
      var broken = new EventEntry(new byte[] {1, 2, 3}, 1, EventDigest.of(7));
      mesh.log().append(0, epoch, 1, List.of(broken), 9);
      var letter =
          Eventually.see(
                  "the dead letter",
                  PATIENCE,
                  () -> mesh.log().deadLetters(0, "", 1),
                  letters -> !letters.isEmpty())
              .get(0);

      String traceparent = DeadLetterBatch.parseFrom(letter.payload()).getTraceparent();

      var trace =
          awaitTrace(traceparent.substring(3, 35), Set.of("process events", "publish predictions"));
      trace.requireWay("process events", "publish predictions");
      assertThat(trace.tag("process events", "icecube.reason")).isEqualTo("ENTRY_UNREADABLE");
      assertThat(trace.tag("process events", "error")).isEqualTo("true");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc", "http/protobuf"})
  void oneVariablePointsAtAnotherBackEnd(String protocol) throws IOException {
    try (var second = startCollector("second-" + protocol.replace('/', '-'))) {
      URI endpoint = protocol.equals("grpc") ? second.otlpGrpc() : second.otlpHttp();
      var environment =
          Map.of(
              "OTEL_EXPORTER_OTLP_ENDPOINT",
              endpoint.toString(),
              "OTEL_EXPORTER_OTLP_PROTOCOL",
              protocol);
      var settings =
          new Tracing.Settings("second", "second-1", "1", OptionalDouble.of(1), environment);
      try (var tracing = Tracing.start(settings, Telemetry.registry())) {
        tracing.telemetry().traces().start(SpanKind.PRODUCER, "send events", "").end();
      }

      var seen =
          Eventually.see(
              "spans at the second collector",
              PATIENCE,
              second::spanMetrics,
              text -> text.contains("icecube-second"));
      assertThat(seen).contains("send events");
      assertThat(collector.spanMetrics()).doesNotContain("icecube-second");
    }
  }

  /** A trace as Jaeger's query interface tells it. */
  private record JaegerTrace(List<JsonNode> spans, JsonNode processes) {
    static JaegerTrace of(JsonNode trace) {
      List<JsonNode> spans = new ArrayList<>();
      trace.path("spans").forEach(spans::add);
      spans.sort((one, other) -> Long.compare(startOf(one), startOf(other)));
      return new JaegerTrace(spans, trace.path("processes"));
    }

    private static long startOf(JsonNode span) {
      return span.path("startTime").asLong();
    }

    Set<String> names() {
      Set<String> names = new TreeSet<>();
      spans.forEach(span -> names.add(span.path("operationName").asText()));
      return names;
    }

    Set<String> services() {
      Set<String> services = new TreeSet<>();
      spans.forEach(span -> services.add(serviceOf(span)));
      return services;
    }

    private String serviceOf(JsonNode span) {
      return processes.path(span.path("processID").asText()).path("serviceName").asText();
    }

    private static String parentOf(JsonNode span) {
      for (var reference : span.path("references")) {
        if (reference.path("refType").asText().equals("CHILD_OF")) {
          return reference.path("spanID").asText();
        }
      }
      return "";
    }

    /** Ids of the spans of a name and kind; at least one. */
    List<String> idsOf(String name, String kind) {
      var ids =
          named(name).stream()
              .filter(span -> kindOf(span).equals(kind))
              .map(span -> span.path("spanID").asText())
              .toList();
      assertThat(ids).as("%s spans %s of%n%s", kind, name, toTree()).isNotEmpty();
      return ids;
    }

    private static String kindOf(JsonNode span) {
      for (var tag : span.path("tags")) {
        if (tag.path("key").asText().equals("span.kind")) {
          return tag.path("value").asText();
        }
      }
      return "";
    }

    /** Span ids that a span is linked to. */
    List<String> linksOf(String name) {
      List<String> links = new ArrayList<>();
      for (var span : spans) {
        for (var reference : span.path("references")) {
          if (span.path("operationName").asText().equals(name)
              && !reference.path("refType").asText().equals("CHILD_OF")) {
            links.add(reference.path("spanID").asText());
          }
        }
      }
      return links;
    }

    String tag(String name, String key) {
      for (var span : spans) {
        for (var tag : span.path("tags")) {
          if (span.path("operationName").asText().equals(name)
              && tag.path("key").asText().equals(key)) {
            return tag.path("value").asText();
          }
        }
      }
      return "";
    }

    /** Requires spans of these names, each within the one before and not begun before it. */
    void requireWay(String... names) {
      List<JsonNode> heads = named(names[0]);
      for (int step = 1; step < names.length; step++) {
        List<JsonNode> next = new ArrayList<>();
        for (var child : named(names[step])) {
          for (var head : heads) {
            if (parentOf(child).equals(head.path("spanID").asText())) {
              assertThat(startOf(child)).as(names[step]).isGreaterThanOrEqualTo(startOf(head));
              next.add(child);
            }
          }
        }
        assertThat(next)
            .as("%s within %s of%n%s", names[step], names[step - 1], toTree())
            .isNotEmpty();
        heads = next;
      }
    }

    private List<JsonNode> named(String name) {
      return spans.stream()
          .filter(span -> span.path("operationName").asText().equals(name))
          .toList();
    }

    /** The trace as a person reads it: what within what, when, how long, and by whom. */
    String toTree() {
      var tree = new StringBuilder();
      for (var span : spans) {
        if (parentOf(span).isEmpty()) {
          append(tree, span, 0);
        }
      }
      return tree.toString();
    }

    private void append(StringBuilder tree, JsonNode span, int depth) {
      String name = "  ".repeat(depth) + span.path("operationName").asText();
      int links = linksOf(span.path("operationName").asText()).size();
      tree.append(
          "%-52s %8.2f ms %8.2f ms  %s%s%n"
              .formatted(
                  name,
                  (startOf(span) - startOf(spans.get(0))) / 1e3,
                  span.path("duration").asLong() / 1e3,
                  serviceOf(span),
                  links == 0 ? "" : ", linked to " + links));
      for (var child : spans) {
        if (parentOf(child).equals(span.path("spanID").asText())) {
          append(tree, child, depth + 1);
        }
      }
    }
  }
}
