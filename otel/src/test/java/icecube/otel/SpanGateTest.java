// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class SpanGateTest {
  private static final int SPANS_MAX = 8;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicLong nanos = new AtomicLong();
  private final StubbornCollector collector = new StubbornCollector();
  private final SpanGate gate = new SpanGate(Meters.of(registry), nanos::get);
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(
                      gate.before(
                          BatchSpanProcessor.builder(gate.behind(collector))
                              .setMaxQueueSize(SPANS_MAX)
                              .setMaxExportBatchSize(SPANS_MAX)
                              .setScheduleDelay(Duration.ofHours(1))
                              .build(),
                          SPANS_MAX))
                  .build())
          .build();
  private final Traces traces = Telemetry.of(registry, sdk).traces();
  private final Logger logger = (Logger) LoggerFactory.getLogger(SpanGate.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  /** Answers an export when it is told to, and not before. */
  private static final class StubbornCollector implements SpanExporter {
    final Queue<CompletableResultCode> asked = new ArrayDeque<>();

    @Override
    public synchronized CompletableResultCode export(Collection<SpanData> spans) {
      var answer = new CompletableResultCode();
      asked.add(answer);
      notifyAll();
      return answer;
    }

    /** The next export; by the time it begins, the one before is counted. */
    synchronized CompletableResultCode next() throws InterruptedException {
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (asked.isEmpty()) {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadline - System.nanoTime()));
        assertThat(System.nanoTime()).as("waiting for an export").isLessThan(deadline);
      }
      return asked.remove();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.WARN);
    logger.addAppender(lines);
  }

  @AfterEach
  void close() {
    logger.detachAppender(lines);
    logger.setLevel(null);
    collector.asked.forEach(CompletableResultCode::succeed);
    sdk.shutdown();
  }

  private void endSpans(int count) {
    for (int span = 0; span < count; span++) {
      traces.start(SpanKind.INTERNAL, "prepare", "").end();
    }
  }

  private double dropped(String reason) {
    return registry.get("icecube.otel.spans.dropped").tag("reason", reason).counter().count();
  }

  @Test
  void spansBeyondTheQueueAreDroppedAndCountedWhileTheCollectorDoesNotAnswer()
      throws InterruptedException {
    endSpans(SPANS_MAX);
    var answer = collector.next();
    endSpans(SPANS_MAX + 5);

    assertThat(dropped("QUEUE_FULL")).isEqualTo(5);
    assertThat(dropped("EXPORT_FAILED")).isZero();
    answer.succeed();
    collector.next();
    assertThat(registry.get("icecube.otel.spans.exported").counter().count()).isEqualTo(SPANS_MAX);
  }

  @Test
  void spansThatNoCollectorTakesAreCounted() throws InterruptedException {
    endSpans(SPANS_MAX);
    collector.next().fail();
    endSpans(SPANS_MAX);
    collector.next();

    assertThat(dropped("EXPORT_FAILED")).isEqualTo(SPANS_MAX);
    assertThat(registry.get("icecube.otel.spans.exported").counter().count()).isZero();
  }

  @Test
  void spansThatHaveNotLeftWhenItIsClosedAreCountedOnce() throws InterruptedException {
    endSpans(SPANS_MAX);
    var answer = collector.next();
    endSpans(3);

    gate.close();
    gate.close();

    assertThat(dropped("CLOSED")).isEqualTo(SPANS_MAX + 3);
    endSpans(1);
    assertThat(dropped("CLOSED")).isEqualTo(SPANS_MAX + 4);
    answer.succeed();
    assertThat(registry.get("icecube.otel.spans.exported").counter().count()).isZero();
  }

  @Test
  void lossIsLoggedOnceAnIntervalWithItsSum() throws InterruptedException {
    for (int round = 0; round < 3; round++) {
      endSpans(SPANS_MAX);
      collector.next().fail();
    }
    endSpans(SPANS_MAX);
    var fourth = collector.next();
    assertThat(lines.list).hasSize(1);

    nanos.addAndGet(Duration.ofSeconds(SpanGate.LOG_INTERVAL_SECONDS).toNanos());
    fourth.fail();
    endSpans(SPANS_MAX);
    collector.next();

    assertThat(lines.list).hasSize(2);
    assertThat(lines.list.get(1).getKeyValuePairs().get(0).value).isEqualTo(3L * SPANS_MAX);
  }
}
