// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.ServerSettings;
import icecube.consumer.Consumer;
import icecube.consumer.ConsumerSettings;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.emitter.SimulatedSource;
import icecube.modelserver.ModelServer;
import icecube.physics.IceCube86;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.Eventually;
import icecube.testkit.RecordedSpans;
import icecube.v1.DeadLetterBatch;
import icecube.v1.PredictionBatch;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The spans of emitter, consumer and model server together, as they are sent. */
@Timeout(120)
final class MeshSpansTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PREDICT_STREAM = "icecube.v1.ModelService/PredictStream";

  private final RecordedSpans spans = new RecordedSpans();
  private final InMemoryEventLog log = new InMemoryEventLog(2);
  private ModelServer server;
  private Consumer consumer;

  @BeforeEach
  void start() {
    server =
        ModelServer.start(
            ModelOptions.settings(
                ServerSettings.onLoopback(0).withDrain(Duration.ZERO, Duration.ofSeconds(1)),
                List.of(),
                "line-fit",
                IceCube86.geometry()),
            spans.telemetry());
    consumer =
        Consumer.start(
            log, ConsumerSettings.of(List.of(server.address()), "line-fit"), spans.telemetry());
  }

  @AfterEach
  void stop() {
    consumer.close();
    server.close();
    log.close();
    spans.close();
  }

  private void emit(int events) throws InterruptedException {
    var source = SimulatedSource.of(1, events, IceCube86.geometry(), 1);
    var summary = new Emitter(source, log, EmitterSettings.DEFAULT, spans.telemetry()).run();
    assertThat(summary.isComplete()).isTrue();
  }

  private SpanData only(String traceId, String name, SpanKind kind) {
    var found =
        spans.named(name, kind).stream().filter(span -> span.getTraceId().equals(traceId)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  @Test
  void everyEntryIsOneTraceFromTheEmitterToItsPublication() throws Exception {
    emit(100);
    Eventually.see(
        "processed entries",
        PATIENCE,
        () -> spans.named("process events", SpanKind.CONSUMER).size(),
        count -> count == 4);

    for (var sent : spans.named("send events", SpanKind.PRODUCER)) {
      String trace = sent.getTraceId();
      var process = only(trace, "process events", SpanKind.CONSUMER);
      var prepare = only(trace, "prepare", SpanKind.INTERNAL);
      var call = only(trace, PREDICT_STREAM, SpanKind.CLIENT);
      var served = only(trace, PREDICT_STREAM, SpanKind.SERVER);
      var queue = only(trace, "queue", SpanKind.INTERNAL);
      var compute = only(trace, "compute", SpanKind.INTERNAL);
      var publish = only(trace, "publish predictions", SpanKind.PRODUCER);
      assertThat(sent.getParentSpanContext().isValid()).isFalse();
      assertChild(process, sent);
      assertChild(prepare, process);
      assertChild(call, process);
      assertChild(served, call);
      assertChild(queue, served);
      assertChild(compute, served);
      assertChild(publish, process);
      assertThat(List.of(sent, process, prepare, call, queue, compute, publish))
          .isSortedAccordingTo(
              (one, other) -> Long.compare(one.getStartEpochNanos(), other.getStartEpochNanos()));
    }
    assertRounds();
    assertPredictionsNameTheirTrace();
  }

  private static void assertChild(SpanData child, SpanData parent) {
    assertThat(child.getParentSpanId()).as(child.getName()).isEqualTo(parent.getSpanId());
  }

  /** A round ends after the answers that were made in it. */
  private void assertRounds() {
    var served =
        spans.named(PREDICT_STREAM, SpanKind.SERVER).stream()
            .map(SpanData::getSpanId)
            .collect(Collectors.toSet());
    Eventually.see(
        "requests that rounds link to, of " + served,
        PATIENCE,
        this::linkedByRounds,
        served::equals);
    var runs = spans.named("run", SpanKind.INTERNAL);
    assertThat(runs).isNotEmpty();
    var rounds =
        spans.named("round", SpanKind.INTERNAL).stream()
            .map(SpanData::getSpanId)
            .collect(Collectors.toSet());
    assertThat(runs).allMatch(run -> rounds.contains(run.getParentSpanId()));
  }

  private Set<String> linkedByRounds() {
    return spans.named("round", SpanKind.INTERNAL).stream()
        .flatMap(round -> round.getLinks().stream())
        .map(link -> link.getSpanContext().getSpanId())
        .collect(Collectors.toSet());
  }

  private void assertPredictionsNameTheirTrace() throws Exception {
    var publications =
        spans.named("publish predictions", SpanKind.PRODUCER).stream()
            .map(SpanData::getSpanId)
            .toList();
    for (int partition = 0; partition < 2; partition++) {
      for (var entry : log.predictions(partition, "", 99)) {
        String traceparent = PredictionBatch.parseFrom(entry.payload()).getTraceparent();
        assertThat(publications).contains(traceparent.substring(36, 52));
      }
    }
  }

  @Test
  void entryThatNobodyCanReadIsTracedAndItsLetterNamesTheTrace() throws Exception {
    long epoch = log.openProducer(0, "broken").epoch();
    var broken = new EventEntry(new byte[] {1, 2, 3}, 20, EventDigest.of(7));
    assertThat(log.append(0, epoch, 1, List.of(broken), 9).lastSequence()).isEqualTo(1);

    var process =
        Eventually.see(
                "the late span",
                PATIENCE,
                () -> spans.named("process events", SpanKind.CONSUMER),
                found -> !found.isEmpty())
            .get(0);

    assertThat(process.getParentSpanContext().isValid()).isFalse();
    assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    var attributes = process.getAttributes().asMap();
    assertThat(attributes.toString())
        .contains("ENTRY_UNREADABLE")
        .contains("icecube.events.dead_lettered=20");
    var letter =
        DeadLetterBatch.parseFrom(log.deadLetters(0, "", 1).get(0).payload()).getTraceparent();
    assertThat(letter).contains(process.getTraceId());
  }

  @Test
  void everySpanIsOfTheDictionary() throws Exception {
    emit(40);
    Eventually.see(
        "processed entries",
        PATIENCE,
        () -> spans.named("process events", SpanKind.CONSUMER).size(),
        count -> count == 2);

    assertThat(spans.faults()).isEmpty();
  }
}
