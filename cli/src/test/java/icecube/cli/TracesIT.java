// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.MissingNode;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.emitter.SimulatedSource;
import icecube.modelserver.Device;
import icecube.otel.Telemetry;
import icecube.otel.Tracing;
import icecube.physics.IceCube86;
import icecube.sinks.MlflowServer;
import icecube.sinks.MlflowSink;
import icecube.sinks.SinkSettings;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.testkit.CannedMlflow;
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
import java.util.Optional;
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
          "publish predictions",
          "process predictions");

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

  private static Tracing tracing(String service, URI endpoint, String protocol) {
    var environment =
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            endpoint.toString(),
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            protocol);
    return Tracing.start(
        new Tracing.Settings(service, service + "-1", "1", OptionalDouble.of(1), environment),
        Telemetry.registry());
  }

  private static MlflowSink startSink(Mesh mesh, CannedMlflow mlflow, Telemetry telemetry) {
    var settings =
        new SinkSettings(
            MlflowServer.of(mlflow.uri().toString(), Map.of()),
            "icecube",
            SinkSettings.EXPERIMENT,
            Duration.ofSeconds(1),
            "icecube test");
    return MlflowSink.start(mesh.log(), settings, id -> null, telemetry);
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
  void entryIsOneTraceInJaegerFromTheEmitterToTheSink() throws Exception {
    try (Mesh mesh = startMesh(1);
        CannedMlflow mlflow = new CannedMlflow();
        Tracing tracing = tracing("sink", collector.otlpGrpc(), "grpc");
        MlflowSink sink = startSink(mesh, mlflow, tracing.telemetry())) {
      Eventually.see("the sink ready", PATIENCE, sink::isReady, ready -> ready);
      emit(mesh, 100);

      Set<String> published = publishedTraces(mesh.log());
      List<JaegerTrace> traces = new ArrayList<>();
      for (String traceId : published) {
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
        trace.requireWay("process events", "publish predictions", "process predictions");
        trace.requireWay("icecube.v1.ModelService/PredictStream", "queue");
        assertThat(trace.services())
            .contains(
                "icecube-emitter", "icecube-consumer", "icecube-model-server", "icecube-sink");
      }
      // A round ends after the answers that were made in it, and may be sent later.
      var withRound =
          Eventually.see(
                  "a trace with a round",
                  PATIENCE,
                  () ->
                      published.stream()
                          .map(TracesIT::found)
                          .filter(trace -> trace.names().containsAll(Set.of("round", "run")))
                          .findFirst(),
                  Optional::isPresent)
              .orElseThrow();
      withRound.requireWay("compute", "round", "run");
      assertThat(withRound.linksOf("round"))
          .containsAll(withRound.idsOf(PREDICT_STREAM, "server"))
          .isSubsetOf(
              traces.stream()
                  .flatMap(trace -> trace.idsOf(PREDICT_STREAM, "server").stream())
                  .toList());
      System.out.println(withRound.toTree());
      requireWindows(traces);
      requireExemplar(mesh);
    }
  }

  /** The last span of every entry is linked to by a window that MLflow was told of. */
  private static void requireWindows(List<JaegerTrace> traces) {
    Set<String> ends = new TreeSet<>();
    traces.forEach(trace -> ends.addAll(trace.idsOf("process predictions", "consumer")));
    Eventually.see(
        "windows linked to " + ends,
        PATIENCE,
        TracesIT::linksOfWindows,
        links -> links.equals(ends));
  }

  private static Set<String> linksOfWindows() {
    Set<String> links = new TreeSet<>();
    for (var trace : jaeger.traces("icecube-sink", 100)) {
      links.addAll(JaegerTrace.of(trace).linksOf("log window"));
    }
    return links;
  }

  private static Set<String> publishedTraces(EventLog log) throws IOException {
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
      try (var tracing = tracing("second", endpoint, protocol)) {
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
}
