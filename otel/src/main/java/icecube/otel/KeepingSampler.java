// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Draws as another sampler does, and keeps what {@link Traces} says is to be kept: faults always,
 * the first of a kind if anything is drawn at all, and whatever is within a span of this process
 * that is kept, also where the other sampler does not ask for the parent. Immutable.
 */
final class KeepingSampler implements Sampler {
  private final Sampler drawn;
  private final boolean keepsFirst;

  /**
   * @param keepsFirst false if whoever set the sampler wants to see faults and nothing else
   */
  KeepingSampler(Sampler drawn, boolean keepsFirst) {
    this.drawn = drawn;
    this.keepsFirst = keepsFirst;
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> parentLinks) {
    Traces.Why why = parent.get(Traces.KEPT);
    if (why == Traces.Why.FAULT || (why == Traces.Why.FIRST && keepsFirst)) {
      return SamplingResult.recordAndSample();
    }
    var within = Span.fromContext(parent).getSpanContext();
    if (within.isSampled() && !within.isRemote()) {
      return SamplingResult.recordAndSample();
    }
    return drawn.shouldSample(parent, traceId, name, kind, attributes, parentLinks);
  }

  @Override
  public String getDescription() {
    return "Keeping{" + drawn.getDescription() + "}";
  }
}
