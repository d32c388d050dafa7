// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import icecube.otel.Traces;
import icecube.stream.PublishedEntry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.net.URI;

/**
 * The spans of a sink: {@code process predictions} for each published entry that is traced, the
 * last of its trace, and {@code log window}, a trace of its own that is linked to them. A window
 * takes a minute and entries milliseconds, so one within the other would hide what it is about.
 * Stateless and thread-safe.
 */
final class SinkSpans {
  private static final String LOG_WINDOW = "log window";

  private final Traces traces;
  private final URI server;

  SinkSpans(Traces traces, URI server) {
    this.traces = traces;
    this.server = server;
  }

  /** Begins to add an entry to a window; invalid if the entry is not traced. */
  Span process(int partition, PublishedEntry entry, String traceparent) {
    if (!traces.isOn() || !Traces.isSampled(traceparent)) {
      return Span.getInvalid();
    }
    return Traces.messaging(
            traces.start(SpanKind.CONSUMER, "process predictions", traceparent),
            "process",
            "predictions",
            entry.eventCount())
        .setAttribute("messaging.destination.partition.id", Integer.toString(partition))
        .setAttribute("messaging.message.id", entry.id());
  }

  /** Begins to tell of a window; invalid if it holds nothing that is traced. */
  Span logWindow(WindowFigures window) {
    if (window.traced().isEmpty()) {
      return Span.getInvalid();
    }
    Span span = described(traces.first(SpanKind.CLIENT, LOG_WINDOW), window);
    window.traced().forEach(span::addLink);
    return span;
  }

  /** Ends what was begun, with {@code LOGGED}, {@code DROPPED} or {@code LET_GO}. */
  static void end(Span logWindow, String outcome) {
    logWindow.setAttribute("icecube.outcome", outcome).end();
  }

  /** Ends what was begun with a refusal, which is recorded in any case. */
  void refused(Span logWindow, WindowFigures window, long elapsedNanos) {
    Span span =
        logWindow.isRecording()
            ? logWindow
            : described(traces.late(SpanKind.CLIENT, LOG_WINDOW, "", elapsedNanos), window);
    end(
        span.setAttribute("error.type", SinkMetrics.MLFLOW_REFUSED).setStatus(StatusCode.ERROR),
        "REFUSED");
  }

  private Span described(Span span, WindowFigures window) {
    return span.setAttribute("server.address", server.getHost())
        .setAttribute("server.port", (long) port())
        .setAttribute("icecube.window.events", window.events());
  }

  private int port() {
    if (server.getPort() >= 0) {
      return server.getPort();
    }
    return "https".equals(server.getScheme()) ? 443 : 80;
  }
}
