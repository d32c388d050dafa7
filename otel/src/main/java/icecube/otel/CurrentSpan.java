// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;

/**
 * A span that is current on this thread until it is closed: what is measured meanwhile may be its
 * exemplar, and what is logged carries {@code trace_id} and {@code span_id}.
 *
 * <p>Costs nothing for a span that is not sampled. Confined to the thread that opened it, and
 * closed in the reverse order of opening.
 */
public final class CurrentSpan implements AutoCloseable {
  private static final CurrentSpan NONE = new CurrentSpan(Scope.noop());

  private final Scope scope;

  private CurrentSpan(Scope scope) {
    this.scope = scope;
  }

  /** Makes {@code span} current if it is sampled; one that is not leaves all as it is. */
  @SuppressWarnings("MustBeClosedChecker") // closed with what is returned
  public static CurrentSpan of(Span span) {
    return span.getSpanContext().isSampled() ? new CurrentSpan(span.makeCurrent()) : NONE;
  }

  /** Runs {@code step} with {@code span} current, if that is sampled. */
  public static void run(Span span, Runnable step) {
    CurrentSpan current = of(span);
    try {
      step.run();
    } finally {
      current.close();
    }
  }

  /** Ends it; what was current before is so again. */
  @Override
  public void close() {
    scope.close();
  }
}
