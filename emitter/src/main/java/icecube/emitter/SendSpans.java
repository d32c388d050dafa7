// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.otel.Traces;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Map;

/**
 * The span {@code send events} of each entry that is traced: from the making of its bytes to the
 * answer of the log that holds it, however often it is offered. Here traces begin.
 *
 * <p>Drawn by the ratio; the first entry of a partition is always traced. Of one that is not drawn,
 * and of which an event is refused at the door, this span alone is recorded: the refusal is no
 * reason to trace what becomes of the other events. Stateless and thread-safe.
 */
final class SendSpans {
  private static final String NAME = "send events";

  private final Traces traces;

  SendSpans(Traces traces) {
    this.traces = traces;
  }

  /**
   * The span of one entry.
   *
   * @param span invalid if the entry is not traced
   * @param isDrawn whether its consumers go on with the trace
   */
  record Sending(Span span, boolean isDrawn) {
    /** Of an entry that is not traced. */
    static final Sending UNTRACED = new Sending(Span.getInvalid(), false);

    /** What stands beside the entry, for its consumers. */
    String traceparent() {
      return isDrawn ? Traces.traceparent(span) : "";
    }

    /** What stands beside the dead letters of events that were refused. */
    String letterTraceparent() {
      return Traces.traceparent(span);
    }
  }

  /** Begins the span of an entry, if it is traced. */
  Sending begin(int partition, long sequence, CutEntry entry) {
    if (!traces.isOn()) {
      return Sending.UNTRACED;
    }
    var drawn = drawn(sequence);
    boolean isDrawn = drawn.isRecording();
    if (!isDrawn && entry.refusals().isEmpty()) {
      return Sending.UNTRACED;
    }
    var span = isDrawn ? drawn : traces.late(SpanKind.PRODUCER, NAME, "", 0);
    if (span.isRecording()) {
      Traces.messaging(span, "send", "events", entry.eventCount())
          .setAttribute("messaging.destination.partition.id", Integer.toString(partition))
          .setAttribute("messaging.message.id", sequence + "-0");
      refused(span, entry.refused());
    }
    return new Sending(span, isDrawn);
  }

  private Span drawn(long sequence) {
    return sequence == 1
        ? traces.first(SpanKind.PRODUCER, NAME)
        : traces.start(SpanKind.PRODUCER, NAME, "");
  }

  private static void refused(Span span, Map<Reason, Integer> refused) {
    if (!refused.isEmpty()) {
      var first = refused.keySet().iterator().next();
      span.setAttribute(
          "icecube.events.dead_lettered",
          refused.values().stream().mapToLong(Integer::longValue).sum());
      span.setAttribute("icecube.reason", Reasons.nameOf(first));
      span.setStatus(StatusCode.ERROR, "refused at the door: " + Reasons.nameOf(first));
    }
  }

  /** The emitter ends, and has not heard whether the log holds it. */
  static void left(Span span) {
    if (span.isRecording()) {
      span.addEvent("emitter closed");
    }
    span.end();
  }

  /** The log did not take it: the emitter offers it again. */
  static void busy(Span span) {
    if (span.isRecording()) {
      span.addEvent("busy");
    }
  }
}
