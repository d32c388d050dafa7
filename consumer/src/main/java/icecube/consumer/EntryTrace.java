// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.otel.Traces;
import icecube.proto.Reasons;
import icecube.stream.Claim;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventLogException;
import icecube.v1.DeadLetter;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.grpc.Status;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one entry on its way through the consumer: {@code process events}, and within it
 * {@code prepare}, one call of a model server for each try, and {@code publish predictions}.
 *
 * <p>{@link #NONE} is shared by all entries that are not traced and does nothing. Confined to the
 * step of its entry.
 */
final class EntryTrace {
  /** Of an entry that is not traced. */
  static final EntryTrace NONE = new EntryTrace(Traces.OFF, Span.getInvalid());

  /** The most event ids on a span. */
  static final int EVENT_IDS_MAX = 16;

  private static final String PROCESS = "process events";
  private static final String PREDICT_STREAM = "icecube.v1.ModelService/PredictStream";
  private static final AttributeKey<List<Long>> EVENT_IDS =
      AttributeKey.longArrayKey("icecube.event_ids");
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("icecube.reason");

  private final Traces traces;
  private final Span process;

  private EntryTrace(Traces traces, Span process) {
    this.traces = traces;
    this.process = process;
  }

  /**
   * The trace of an entry that was read or claimed: goes on with its sender's, if that is drawn.
   */
  static EntryTrace of(
      Traces traces, int partition, DeliveredEntry entry, Claim.Kind kind, String consumer) {
    if (!traces.isOn() || !Traces.isSampled(entry.traceparent())) {
      return NONE;
    }
    return new EntryTrace(
        traces,
        described(
            traces.start(SpanKind.CONSUMER, PROCESS, entry.traceparent()),
            partition,
            entry,
            kind,
            consumer));
  }

  /**
   * The trace of an entry that was not drawn, and with which something has gone wrong.
   *
   * @param elapsedNanos since it was read or claimed
   */
  static EntryTrace late(
      Traces traces,
      int partition,
      DeliveredEntry entry,
      Claim.Kind kind,
      String consumer,
      long elapsedNanos) {
    var process = traces.late(SpanKind.CONSUMER, PROCESS, entry.traceparent(), elapsedNanos);
    return process.isRecording()
        ? new EntryTrace(traces, described(process, partition, entry, kind, consumer))
        : NONE;
  }

  private static Span described(
      Span process, int partition, DeliveredEntry entry, Claim.Kind kind, String consumer) {
    return Traces.messaging(process, "process", "events", entry.eventCount())
        .setAttribute("messaging.destination.partition.id", Integer.toString(partition))
        .setAttribute("messaging.consumer.group.name", "consumers")
        .setAttribute("messaging.client.id", consumer)
        .setAttribute("messaging.message.id", entry.id().toString())
        .setAttribute("icecube.delivery", kind.name());
  }

  /** The whole of it; invalid if the entry is not traced. */
  Span process() {
    return process;
  }

  /** Whether the entry is traced. */
  boolean isOn() {
    return process.isRecording();
  }

  /** Begins the reading of its bytes and the making of features. */
  Span prepare() {
    return traces.start(SpanKind.INTERNAL, "prepare", process);
  }

  /** Begins a call of a model server at {@code target}, host:port. */
  Span call(String target) {
    if (!isOn()) {
      return Span.getInvalid();
    }
    int colon = target.lastIndexOf(':');
    return traces
        .start(SpanKind.CLIENT, PREDICT_STREAM, process)
        .setAttribute("rpc.system.name", "grpc")
        .setAttribute("rpc.method", PREDICT_STREAM)
        .setAttribute("server.address", colon < 0 ? target : target.substring(0, colon))
        .setAttribute("server.port", colon < 0 ? 0L : portOf(target.substring(colon + 1)));
  }

  private static long portOf(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Ends a call: with an answer, whatever it says, or with none. */
  static void end(Span call, @Nullable PredictResponse response) {
    if (call.isRecording()) {
      var code =
          response == null
              ? Status.Code.UNAVAILABLE
              : Status.fromCodeValue(response.getStatus().getCode()).getCode();
      call.setAttribute("rpc.response.status_code", code.name());
      if (code != Status.Code.OK) {
        call.setAttribute("error.type", code.name()).setStatus(StatusCode.ERROR);
      }
      if (response != null && code != Status.Code.OK) {
        Reasons.reasonOf(response.getStatus())
            .ifPresent(reason -> call.setAttribute(REASON, Reasons.nameOf(reason)));
      }
    }
    call.end();
  }

  /** Begins the one publication of what became of the entry. */
  Span publish(EntryVerdict found) {
    if (!isOn()) {
      return Span.getInvalid();
    }
    return Traces.messaging(
        traces.start(SpanKind.PRODUCER, "publish predictions", process),
        "publish",
        "predictions",
        found.predictions().size() + (long) found.deadLetters().size());
  }

  /** Ends a publication, of which the log has said what became, or nothing. */
  static void end(Span publish, @Nullable CompletionOutcome outcome) {
    if (publish.isRecording()) {
      if (outcome == null) {
        publish.setAttribute("error.type", ConsumerMetrics.LOG_UNAVAILABLE);
        publish.setStatus(StatusCode.ERROR);
      } else {
        publish.setAttribute("icecube.outcome", outcome.name());
      }
    }
    publish.end();
  }

  /**
   * What {@code asking} begins; if it throws, {@code asked} ends with that, as nobody else will end
   * it.
   */
  static <T> T asked(Span asked, Supplier<T> asking) {
    try {
      return asking.get();
    } catch (RuntimeException | Error e) {
      asked.setAttribute("error.type", errorType(e)).setStatus(StatusCode.ERROR).end();
      throw e;
    }
  }

  private static String errorType(Throwable failure) {
    return failure instanceof EventLogException
        ? ConsumerMetrics.LOG_UNAVAILABLE
        : failure.getClass().getName();
  }

  /** A step of it has failed for a bug of ours. */
  void broken(Throwable bug) {
    if (isOn()) {
      process.recordException(bug);
      process.setAttribute("error.type", errorType(bug));
      process.setStatus(StatusCode.ERROR, "a step failed unexpectedly");
    }
  }

  /** It is to be tried again, for this reason. */
  void retried(String reason) {
    if (isOn()) {
      process.addEvent("retry", Attributes.of(REASON, reason));
    }
  }

  /** What became of its events. */
  void found(EntryVerdict found) {
    if (!isOn()) {
      return;
    }
    process.setAttribute("icecube.events.predicted", (long) found.predictions().size());
    process.setAttribute("icecube.events.dead_lettered", (long) found.deadLetters().size());
    process.setAttribute("icecube.events.set_apart", (long) found.open().events().size());
    if (!found.deadLetters().isEmpty()) {
      var first = found.deadLetters().get(0);
      // Of an entry that nobody can read nobody knows the events.
      if (first.getReason() != Reason.REASON_ENTRY_UNREADABLE) {
        process.setAttribute(
            EVENT_IDS,
            found.deadLetters().stream().limit(EVENT_IDS_MAX).map(DeadLetter::getEventId).toList());
      }
      var reason = Reasons.nameOf(first.getReason());
      process.setAttribute(REASON, reason);
      process.setStatus(StatusCode.ERROR, "dead-lettered: " + reason);
    }
  }

  /** Ends the whole of it. */
  void end(String outcome) {
    if (isOn()) {
      process.setAttribute("icecube.outcome", outcome);
      process.end();
    }
  }
}
