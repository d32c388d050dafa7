// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TracesTest {
  private static final String SAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk = sdk(Sampler.parentBased(Sampler.alwaysOff()), true);
  private final Traces traces = Telemetry.of(new SimpleMeterRegistry(), sdk).traces();

  private OpenTelemetrySdk sdk(Sampler drawn, boolean keepsFirst) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .setSampler(new KeepingSampler(drawn, keepsFirst))
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build())
        .build();
  }

  @AfterEach
  void close() {
    sdk.close();
  }

  @Test
  void traceGoesOnFromAnotherProcess() {
    var span = traces.start(SpanKind.CONSUMER, "process events", SAMPLED);
    var inner = traces.start(SpanKind.INTERNAL, "prepare", span);
    inner.end();
    span.end();

    var ended = exporter.getFinishedSpanItems();
    assertThat(ended)
        .extracting(each -> each.getName())
        .containsExactly("prepare", "process events");
    assertThat(ended)
        .extracting(each -> each.getTraceId())
        .containsOnly("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(ended.get(1).getParentSpanId()).isEqualTo("00f067aa0ba902b7");
    assertThat(ended.get(1).getParentSpanContext().isRemote()).isTrue();
    assertThat(ended.get(0).getParentSpanId()).isEqualTo(ended.get(1).getSpanId());
    assertThat(Traces.traceparent(span))
        .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-" + ended.get(1).getSpanId() + "-01");
  }

  @Test
  void whatIsNotDrawnIsTracedByNobody() {
    var span = traces.start(SpanKind.PRODUCER, "send events", "");
    span.end();

    assertThat(span.isRecording()).isFalse();
    assertThat(Traces.traceparent(span)).isEmpty();
    assertThat(exporter.getFinishedSpanItems()).isEmpty();
    assertThat(Traces.isSampled(SAMPLED)).isTrue();
    assertThat(Traces.isSampled(SAMPLED.replace("-01", "-00"))).isFalse();
    assertThat(Traces.isSampled("")).isFalse();
  }

  @Test
  void faultIsRecordedLateWithTheTimeAtWhichItReallyBegan() {
    long elapsedNanos = Duration.ofSeconds(3).toNanos();
    long before = Traces.unixNanos();

    var span = traces.late(SpanKind.CONSUMER, "process events", "", elapsedNanos);
    traces.start(SpanKind.PRODUCER, "publish", span).end();
    span.end();

    var ended = exporter.getFinishedSpanItems();
    assertThat(ended).hasSize(2);
    assertThat(ended.get(1).getParentSpanContext().isValid()).isFalse();
    assertThat(ended.get(1).getStartEpochNanos())
        .isBetween(before - elapsedNanos, Traces.unixNanos() - elapsedNanos);
    assertThat(ended.get(1).getEndEpochNanos()).isGreaterThanOrEqualTo(before);
    assertThat(ended.get(0).getTraceId()).isEqualTo(ended.get(1).getTraceId());
    assertThat(Traces.isSampled(Traces.traceparent(span))).isTrue();
  }

  @Test
  void whatIsWithinAKeptSpanIsKeptThoughTheSamplerAsksForNoParent() {
    for (var drawn : List.of(Sampler.alwaysOff(), Sampler.traceIdRatioBased(0))) {
      try (var notParentBased = sdk(drawn, false)) {
        var some = Telemetry.of(new SimpleMeterRegistry(), notParentBased).traces();
        var process = some.late(SpanKind.CONSUMER, "process events", "", 0);
        var publish = some.start(SpanKind.PRODUCER, "publish predictions", process);

        assertThat(Traces.isSampled(Traces.traceparent(publish))).isTrue();
        assertThat(some.start(SpanKind.CONSUMER, "process events", SAMPLED).isRecording())
            .as("the sampler's own choice of what comes from others")
            .isFalse();
      }
    }
  }

  @Test
  void faultOfATraceThatWasNotSampledKeepsItsId() {
    traces.late(SpanKind.SERVER, "Predict", SAMPLED.replace("-01", "-00"), 0).end();

    assertThat(exporter.getFinishedSpanItems().get(0).getTraceId())
        .isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
  }

  @Test
  void firstOfItsKindIsTracedUnlessNobodyWantsAny() {
    traces.first(SpanKind.PRODUCER, "send events").end();
    assertThat(exporter.getFinishedSpanItems()).hasSize(1);
    exporter.reset();

    try (var off = sdk(Sampler.alwaysOff(), false)) {
      var none = Telemetry.of(new SimpleMeterRegistry(), off).traces();
      none.first(SpanKind.PRODUCER, "send events").end();
      assertThat(exporter.getFinishedSpanItems()).isEmpty();
      none.late(SpanKind.CONSUMER, "process events", "", 0).end();
      assertThat(exporter.getFinishedSpanItems()).hasSize(1);
    }
  }

  @Test
  void nothingIsBegunWhereNobodyIsTold() {
    assertThat(Traces.OFF.isOn()).isFalse();
    assertThat(Traces.OFF.start(SpanKind.SERVER, "x", SAMPLED)).isSameAs(Span.getInvalid());
    assertThat(Traces.OFF.late(SpanKind.SERVER, "x", "", 1)).isSameAs(Span.getInvalid());
    assertThat(Traces.OFF.first(SpanKind.SERVER, "x")).isSameAs(Span.getInvalid());
    assertThat(Telemetry.off().traces().isOn()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
      })
  void whatIsNoTraceparentBeginsATraceOfItsOwn(String traceparent) {
    assertThat(Traces.contextOf(traceparent).isValid()).isFalse();
  }

  @Test
  void laterVersionsAreReadAsFarAsTheyAreKnown() {
    assertThat(Traces.contextOf(SAMPLED.replaceFirst("00", "01") + "-more").isSampled()).isTrue();
  }

  @Test
  void nothingThatAnybodySendsThrows() {
    long seed = Long.getLong("icecube.seed", 0x5eedL);
    var random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      var text = new StringBuilder(SAMPLED);
      for (int change = random.nextInt(4); change >= 0; change--) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(0x250));
      }
      text.setLength(random.nextInt(4) == 0 ? random.nextInt(text.length()) : text.length());
      var context = Traces.contextOf(text.toString());
      assertThat(context.isValid() && context.getTraceId().length() != 32)
          .as("-Dicecube.seed=%d: %s", seed, text)
          .isFalse();
    }
  }
}
