// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.InMemoryEventLog;
import icecube.testkit.CannedMlflow;
import icecube.testkit.Eventually;
import icecube.testkit.RecordedSpans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

  private final RecordedSpans spans = new RecordedSpans();
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
    spans.close();
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
      SpanData process = processed().get(0);

      assertThat(processed()).hasSize(1);
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
    assertThat(windows()).as("windows without a traced entry").hasSize(1);
    assertThat(spans.faults()).isEmpty();
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
    assertThat(processed()).hasSize(entries);
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
    assertThat(spans.faults()).isEmpty();
  }

  @Test
  void aWindowThatMlflowNeverTookIsLetGoAtTheEnd() throws Exception {
    MlflowSink sink = sink(Duration.ofMinutes(10));
    Eventually.see("ready", SOON, sink::isReady, ready -> ready);
    mlflow.setDown(true);
    events.traceBy("00-" + TRACE + '-' + PUBLISHED + "-01");
    events.publish(0, "direction", "1", 1, 0);
    Eventually.see("read", SOON, () -> processed(), seen -> !seen.isEmpty());

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
        spans.telemetry(),
        Duration.ofSeconds(2));
  }

  private List<SpanData> processed() {
    return spans.named("process predictions", SpanKind.CONSUMER);
  }

  private List<SpanData> windows() {
    return spans.named("log window", SpanKind.CLIENT);
  }

  private SpanData awaitWindow(String outcome) {
    AttributeKey<String> key = AttributeKey.stringKey("icecube.outcome");
    return Eventually.see(
            "a window " + outcome,
            SOON,
            () ->
                windows().stream()
                    .filter(span -> outcome.equals(span.getAttributes().get(key)))
                    .toList(),
            spans -> !spans.isEmpty())
        .get(0);
  }
}
