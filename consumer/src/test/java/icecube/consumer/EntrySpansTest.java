// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static icecube.physics.PulseSeries.EMPTY;
import static io.opentelemetry.api.common.AttributeKey.longArrayKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import icecube.chassis.GrpcChannels;
import icecube.chassis.TimeAndChance;
import icecube.otel.Telemetry;
import icecube.physics.Event;
import icecube.stream.Claim;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLogException;
import icecube.stream.InMemoryEventLog;
import icecube.stream.OutcomePart;
import icecube.stream.PayloadEncoding;
import icecube.testkit.ForwardingEventLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The spans of entries whose steps are run by hand. */
final class EntrySpansTest {
  private static final String SAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final BegunSpans begun = new BegunSpans();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(begun)
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .build();
  private final Telemetry telemetry = Telemetry.of(new SimpleMeterRegistry(), sdk);
  private final ConsumerSettings settings = ConsumerSettings.of(List.of("127.0.0.1:1"), "");
  private final ConsumerMetrics metrics = new ConsumerMetrics(telemetry.meters());
  private final ModelLinks links =
      new ModelLinks(settings, GrpcChannels::open, TimeAndChance.SYSTEM, metrics);
  private final FailingLog log = new FailingLog(new InMemoryEventLog(1));
  private final HandWorkers workers = new HandWorkers();
  private final EntryFlows flows =
      new EntryFlows(
          "consumer-1",
          log,
          settings,
          links,
          new EntryWindow(8, 1 << 20, 8),
          metrics,
          telemetry.traces(),
          TimeAndChance.SYSTEM,
          workers);

  /** A log whose publications fail as they are told to. */
  private static final class FailingLog extends ForwardingEventLog {
    @Nullable RuntimeException failure;

    FailingLog(InMemoryEventLog log) {
      super(log);
    }

    @Override
    public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
      if (failure != null) {
        throw failure;
      }
      return super.complete(partition, completion);
    }
  }

  /** Runs a step when it is told to; pauses are none. */
  private static final class HandWorkers implements Workers {
    final Queue<Runnable> steps = new ArrayDeque<>();

    @Override
    public void execute(Runnable step, Duration wait) {
      steps.add(step);
    }

    void runNext() {
      steps.remove().run();
    }

    void runAll() {
      while (!steps.isEmpty()) {
        runNext();
      }
    }

    @Override
    public void close() {}
  }

  /** The names of all spans that were begun. */
  private static final class BegunSpans implements SpanProcessor {
    final List<String> names = new ArrayList<>();

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      names.add(span.getName());
    }

    @Override
    public boolean isStartRequired() {
      return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public boolean isEndRequired() {
      return false;
    }
  }

  /** The spans that are current when entries' flows log something. */
  private static final class LoggedSpans extends AppenderBase<ILoggingEvent>
      implements AutoCloseable {
    final List<String> spanIds = new ArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(EntryFlows.class);

    LoggedSpans() {
      start();
      logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      spanIds.add(Span.current().getSpanContext().getSpanId());
    }

    @Override
    public void close() {
      logger.detachAppender(this);
    }
  }

  @AfterEach
  void close() {
    flows.close();
    links.close();
    log.close();
    sdk.close();
  }

  /** An entry that nobody can read: it is dead without a model server. */
  private DeliveredEntry unreadable(String traceparent) {
    long epoch = log.openProducer(0, "broken").epoch();
    log.append(
        0,
        epoch,
        1,
        List.of(
            new EventEntry(
                new byte[] {1, 2, 3},
                1,
                EventDigest.of(7),
                PayloadEncoding.PLAIN,
                OutcomePart.NONE,
                traceparent)),
        9);
    return delivered();
  }

  private DeliveredEntry delivered() {
    try (var reader = log.openReader(0, "consumer-1")) {
      return reader.readNew(1, Duration.ZERO).get(0);
    }
  }

  private SpanData only(String name) {
    var found =
        exporter.getFinishedSpanItems().stream()
            .filter(span -> span.getName().equals(name))
            .toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  private void assertAllEnded() {
    assertThat(begun.names)
        .containsExactlyInAnyOrderElementsOf(
            exporter.getFinishedSpanItems().stream().map(SpanData::getName).toList());
  }

  @Test
  void entryThatIsInFlightAlreadyBeginsNoSecondSpan() {
    var entry = unreadable(SAMPLED);
    assertThat(flows.accept(0, entry, Claim.Kind.ORDINARY)).isTrue();
    assertThat(flows.accept(0, entry, Claim.Kind.ORDINARY)).isTrue();

    workers.runAll();

    assertThat(only("process events").getParentSpanId()).isEqualTo("00f067aa0ba902b7");
    assertAllEnded();
  }

  @ParameterizedTest
  @ValueSource(strings = {SAMPLED, ""})
  void bugEndsItsSpansWithTheExceptionAndIsLoggedWithinThem(String traceparent) {
    log.failure = new IllegalStateException("test: a bug");
    try (var logged = new LoggedSpans()) {
      flows.accept(0, unreadable(traceparent), Claim.Kind.ORDINARY);
      assertThatIllegalStateException().isThrownBy(workers::runNext);

      var process = only("process events");
      assertThat(logged.spanIds).containsExactly(process.getSpanId());
      assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(process.getEvents()).extracting(event -> event.getName()).contains("exception");
      assertThat(process.getAttributes().asMap().toString())
          .contains("LET_GO", "java.lang.IllegalStateException");
      assertThat(only("publish predictions").getStatus().getStatusCode())
          .isEqualTo(StatusCode.ERROR);
      assertAllEnded();
    }
  }

  @Test
  void refusedEventsAreNamedAsFarAsMayBe() {
    int count = EntryTrace.EVENT_IDS_MAX + 1;
    new TestStream(log).append(ids(count).stream().map(id -> new Event(id, EMPTY)).toList());
    flows.accept(0, delivered(), Claim.Kind.ORDINARY);
    workers.runAll();

    var said = only("process events").getAttributes();
    assertThat(said.get(longKey("icecube.events.dead_lettered"))).isEqualTo(count);
    assertThat(said.get(longArrayKey("icecube.event_ids")))
        .isEqualTo(ids(EntryTrace.EVENT_IDS_MAX));
  }

  @Test
  void eventsOfAnEntryThatNobodyCanReadAreNotNamed() {
    flows.accept(0, unreadable(SAMPLED), Claim.Kind.ORDINARY);
    workers.runAll();

    var said = only("process events").getAttributes();
    assertThat(said.get(stringKey("icecube.reason"))).isEqualTo("ENTRY_UNREADABLE");
    assertThat(said.get(longArrayKey("icecube.event_ids"))).isNull();
  }

  @Test
  void publicationThatTheLogRefusesEndsItsSpanAndIsTriedAgain() {
    log.failure = new EventLogException("test: away");
    flows.accept(0, unreadable(SAMPLED), Claim.Kind.ORDINARY);
    workers.runNext();

    var publish = only("publish predictions");
    assertThat(publish.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(publish.getAttributes().asMap().toString()).contains("LOG_UNAVAILABLE");
    assertThat(workers.steps).hasSize(1);
  }

  @Test
  void whatCannotBeAskedEndsItsSpan() {
    var span = telemetry.traces().start(SpanKind.CLIENT, "call", "");

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                EntryTrace.asked(
                    span,
                    () -> {
                      throw new IllegalStateException("test");
                    }));

    assertThat(only("call").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(EntryTrace.asked(Span.getInvalid(), () -> 1)).isEqualTo(1);
  }
}
