// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.otel.Telemetry;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.CannedMlflow;
import icecube.testkit.Eventually;
import icecube.testkit.SpanDictionary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The spans of a sink: the end of an entry's trace, and the window that links to it. */
@Timeout(120)
class SinkSpansTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PUBLISHED = "b7ad6b7169203331";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .build();
  private final InMemoryEventLog log = new InMemoryEventLog(2);
  private final PublishedEvents events = new PublishedEvents(log);
  private CannedMlflow mlflow;

  @SuppressWarnings("NullAway.Init")
  SinkSpansTest() {}

  @BeforeEach
  void start() throws Exception {
    mlflow = new CannedMlflow();
  }

  @AfterEach
  void stop() {
    mlflow.close();
    sdk.close();
  }

  @Test
  void anEntryEndsItsTraceInTheSinkAndItsWindowIsLinkedToThat() throws Exception {
    events.traceBy("00-" + TRACE + '-' + PUBLISHED + "-01");
    events.publish(1, "direction", "1", 3, 0);
    events.traceBy("");
    events.publish(0, "direction", "1", 2, 0);
    try (MlflowSink sink = sink()) {
      Eventually.see("ready", SOON, sink::isReady, ready -> ready);
      SpanData window = awaitWindow("LOGGED");
      SpanData process = named("process predictions").get(0);

      assertThat(named("process predictions")).hasSize(1);
      assertThat(process.getTraceId()).isEqualTo(TRACE);
      assertThat(process.getParentSpanId()).isEqualTo(PUBLISHED);
      assertThat(process.getAttributes().asMap().toString())
          .contains("messaging.destination.partition.id=1")
          .contains("messaging.batch.message_count=3");
      assertThat(window.getParentSpanContext().isValid()).isFalse();
      assertThat(window.getLinks())
          .extracting(LinkData::getSpanContext)
          .containsExactly(process.getSpanContext());
      assertThat(window.getAttributes().asMap().toString())
          .contains("server.port=" + mlflow.uri().getPort())
          .contains("icecube.window.events=5");
    }
    assertThat(named("log window")).as("windows without a traced entry").hasSize(1);
    assertOfTheDictionary();
  }

  @Test
  void aWindowIsLinkedToNoMoreThanItsLimit() throws Exception {
    events.traceBy("00-" + TRACE + '-' + PUBLISHED + "-01");
    int entries = Window.LINK_COUNT_MAX + 1;
    for (int entry = 0; entry < entries; entry++) {
      events.publish(0, "direction", "1", 1, 0);
    }
    try (MlflowSink sink = sink()) {
      Eventually.see("ready", SOON, sink::isReady, ready -> ready);
      assertThat(awaitWindow("LOGGED").getLinks()).hasSize(Window.LINK_COUNT_MAX);
    }
    assertThat(named("process predictions")).hasSize(entries);
  }

  @Test
  void aWindowThatIsRefusedIsTracedAlthoughNothingInItWas() throws Exception {
    try (MlflowSink sink = sink()) {
      Eventually.see("ready", SOON, sink::isReady, ready -> ready);
      mlflow.refuseAll(400);
      SpanData refused = awaitWindow("REFUSED");
      assertThat(refused.getStatus()).isEqualTo(StatusData.error());
      assertThat(refused.getAttributes().get(AttributeKey.stringKey("error.type")))
          .isEqualTo("MLFLOW_REFUSED");
    }
    assertOfTheDictionary();
  }

  @Test
  void aWindowThatMlflowNeverTookIsLetGoAtTheEnd() throws Exception {
    MlflowSink sink = sink(Duration.ofMinutes(10));
    Eventually.see("ready", SOON, sink::isReady, ready -> ready);
    mlflow.setDown(true);
    events.traceBy("00-" + TRACE + '-' + PUBLISHED + "-01");
    events.publish(0, "direction", "1", 1, 0);
    Eventually.see("read", SOON, () -> named("process predictions"), seen -> !seen.isEmpty());

    sink.close();

    assertThat(awaitWindow("LET_GO").getEvents()).isNotEmpty();
  }

  private MlflowSink sink() {
    return sink(Duration.ofMillis(200));
  }

  private MlflowSink sink(Duration window) {
    return MlflowSink.start(
        log,
        new SinkSettings(
            MlflowServer.of(mlflow.uri().toString(), Map.of()),
            "icecube",
            SinkSettings.EXPERIMENT,
            window,
            "icecube test"),
        id -> null,
        Telemetry.of(new SimpleMeterRegistry(), sdk),
        Duration.ofSeconds(2));
  }

  private List<SpanData> named(String name) {
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .toList();
  }

  private SpanData awaitWindow(String outcome) {
    AttributeKey<String> key = AttributeKey.stringKey("icecube.outcome");
    return Eventually.see(
            "a window " + outcome,
            SOON,
            () ->
                named("log window").stream()
                    .filter(span -> outcome.equals(span.getAttributes().get(key)))
                    .toList(),
            spans -> !spans.isEmpty())
        .get(0);
  }

  private void assertOfTheDictionary() throws Exception {
    SpanDictionary dictionary = SpanDictionary.read();
    for (SpanData span : exporter.getFinishedSpanItems()) {
      TreeSet<String> keys = new TreeSet<>();
      span.getAttributes().forEach((key, value) -> keys.add(key.getKey()));
      assertThat(dictionary.fault(span.getName(), span.getKind().name(), keys)).isEmpty();
    }
  }
}
