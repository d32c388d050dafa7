// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import io.opentelemetry.api.trace.Span;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * The span that is current while something is measured, as Prometheus' client wants it for
 * exemplars: a bucket of a histogram then names a trace whose time fell into it. Stateless.
 */
final class SampledSpanContext implements SpanContext {
  @Override
  public @Nullable String getCurrentTraceId() {
    var context = Span.current().getSpanContext();
    return context.isValid() ? context.getTraceId() : null;
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    var context = Span.current().getSpanContext();
    return context.isValid() ? context.getSpanId() : null;
  }

  @Override
  public boolean isCurrentSpanSampled() {
    return Span.current().getSpanContext().isSampled();
  }

  /** Nothing samples by it behind us. */
  @Override
  public void markCurrentSpanAsExemplar() {}
}
