// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CurrentSpanTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  private static Span span(TraceFlags flags) {
    return Span.wrap(SpanContext.create(TRACE, SPAN, flags, TraceState.getDefault()));
  }

  @Test
  void spanIsCurrentUntilItIsClosed() {
    try (var outer = CurrentSpan.of(span(TraceFlags.getSampled()))) {
      try (var inner = CurrentSpan.of(Span.getInvalid())) {
        assertThat(inner).isNotSameAs(outer);
        assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(TRACE);
      }
      assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(TRACE);
    }
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
  }

  @Test
  void spanThatIsNotSampledLeavesAllAsItIs() {
    try (var first = CurrentSpan.of(span(TraceFlags.getDefault()));
        var second = CurrentSpan.of(Span.getInvalid())) {
      assertThat(first).isSameAs(second);
      assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }
  }

  @Test
  void bucketOfAHistogramNamesTheTraceThatFellIntoIt() {
    var registry = Telemetry.registry();
    var timer = Meters.of(registry).timer("icecube_consumer_publish_seconds");
    assertThat(openMetrics(registry)).doesNotContain("trace_id");

    try (var current = CurrentSpan.of(span(TraceFlags.getSampled()))) {
      assertThat(current).isNotNull();
      timer.record(Duration.ofMillis(3));
    }

    assertThat(openMetrics(registry))
        .containsPattern(
            "icecube_consumer_publish_seconds_bucket\\{le=\"0.005\"} 1 # "
                + "\\{span_id=\""
                + SPAN
                + "\",trace_id=\""
                + TRACE
                + "\"} 0\\.003");
    registry.close();
  }

  /** Prometheus 2.42 refuses a whole page with one anywhere else. */
  @Test
  void exemplarsStandAtBucketsAndCountersOnly() {
    var registry = Telemetry.registry();
    var meters = Meters.of(registry);
    try (var current = CurrentSpan.of(span(TraceFlags.getSampled()))) {
      assertThat(current).isNotNull();
      meters.timer("icecube_consumer_publish_seconds").record(Duration.ofMillis(3));
      meters.counter("icecube_consumer_events_predicted_total").increment();
    }

    assertThat(openMetrics(registry).lines().filter(line -> line.contains("trace_id")))
        .hasSizeGreaterThan(1)
        .allMatch(line -> line.matches("\\w+(_bucket|_total)(\\{[^}]*})? .*"));
    registry.close();
  }

  private static String openMetrics(PrometheusMeterRegistry registry) {
    return registry.scrape("application/openmetrics-text; version=1.0.0; charset=utf-8");
  }
}
