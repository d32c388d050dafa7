// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Begins the spans of one service. Which names and attributes they may have stands in {@code
 * otel/spans.yaml}.
 *
 * <p>Whoever works at speed asks {@link #isOn} or looks whether a {@code traceparent} is empty, and
 * does nothing else for what is not sampled. What goes wrong with it is recorded late: {@link
 * #late} gives a span that is kept whatever was sampled, with the time at which the work really
 * began. So a fault costs a span, and its absence costs nothing. Thread-safe.
 */
public final class Traces {
  /** No traces: nothing is begun, and nothing is paid for. */
  public static final Traces OFF =
      new Traces(OpenTelemetry.noop().getTracer(Telemetry.SCOPE), false, () -> false, () -> false);

  /** In the context of a span that is to be kept whatever the ratio. */
  static final ContextKey<Why> KEPT = ContextKey.named("icecube-kept");

  /** Why a span is kept that was not drawn. */
  enum Why {
    /** Something went wrong. */
    FAULT,
    /** It is the first of its kind, for whoever has just switched traces on. */
    FIRST
  }

  /** Says whether one more late span may be recorded now, and counts if it may not. */
  interface Allowance {
    boolean take();
  }

  private static final int TRACEPARENT_LENGTH = 55;
  private static final int TRACE_ID_AT = 3;
  private static final int SPAN_ID_AT = 36;
  private static final int FLAGS_AT = 53;

  private final Tracer tracer;
  private final boolean isOn;
  private final Allowance faults;
  private final Allowance overloads;

  private Traces(Tracer tracer, boolean isOn, Allowance faults, Allowance overloads) {
    this.tracer = tracer;
    this.isOn = isOn;
    this.faults = faults;
    this.overloads = overloads;
  }

  static Traces on(Tracer tracer, Allowance faults, Allowance overloads) {
    return new Traces(tracer, true, faults, overloads);
  }

  /** Whether anybody is told of spans. */
  public boolean isOn() {
    return isOn;
  }

  /**
   * Begins a span of work that came from another process.
   *
   * @param traceparent of the sender; if it is empty or none, a trace of its own begins, if it is
   *     drawn
   */
  public Span start(SpanKind kind, String name, String traceparent) {
    return isOn ? builder(kind, name, remote(traceparent)).startSpan() : Span.getInvalid();
  }

  /** Begins a span within another one, or a trace of its own if that one is invalid. */
  public Span start(SpanKind kind, String name, Span parent) {
    return isOn ? builder(kind, name, parent).startSpan() : Span.getInvalid();
  }

  /** A span to be given links, attributes or a time of its beginning before it begins. */
  public SpanBuilder builder(SpanKind kind, String name, Span parent) {
    return builder(kind, name, Context.root().with(parent));
  }

  private SpanBuilder builder(SpanKind kind, String name, Context parent) {
    return tracer.spanBuilder(name).setSpanKind(kind).setParent(parent);
  }

  /** Begins a trace that is recorded although it was not drawn, unless none is ever drawn. */
  public Span first(SpanKind kind, String name) {
    return isOn
        ? builder(kind, name, Context.root().with(KEPT, Why.FIRST)).startSpan()
        : Span.getInvalid();
  }

  /**
   * Begins a span, after the fact, of work that went wrong and was not sampled. At most so many a
   * second are recorded ({@link Tracing#LATE_PER_SECOND_MAX}); those beyond are counted as dropped.
   *
   * @param traceparent of the sender, if there is one
   * @param elapsedNanos since the work really began
   * @return a span that is invalid if traces are off or too many are recorded
   */
  public Span late(SpanKind kind, String name, String traceparent, long elapsedNanos) {
    return late(faults, kind, name, traceparent, elapsedNanos);
  }

  /**
   * As {@link #late}, of work that was sent away because there was too much of it. At most {@link
   * Tracing#OVERLOAD_PER_SECOND_MAX} a second are recorded: they are all alike, and come by the
   * thousand just when a fault is looked for.
   */
  public Span lateOverload(SpanKind kind, String name, String traceparent, long elapsedNanos) {
    return late(overloads, kind, name, traceparent, elapsedNanos);
  }

  private Span late(
      Allowance allowance, SpanKind kind, String name, String traceparent, long elapsedNanos) {
    if (!isOn || !allowance.take()) {
      return Span.getInvalid();
    }
    return builder(kind, name, remote(traceparent).with(KEPT, Why.FAULT))
        .setStartTimestamp(unixNanos() - Math.max(0, elapsedNanos), TimeUnit.NANOSECONDS)
        .startSpan();
  }

  /**
   * Says of a span what it does with an entry of the log, as OpenTelemetry's conventions for
   * messaging have it.
   *
   * @param operation {@code send}, {@code process} or {@code publish}
   * @param destination {@code events} or {@code predictions}
   * @param events how many the entry carries
   */
  public static Span messaging(Span span, String operation, String destination, long events) {
    return span.setAttribute("messaging.system", "redis")
        .setAttribute("messaging.operation.name", operation)
        .setAttribute("messaging.operation.type", operation.equals("publish") ? "send" : operation)
        .setAttribute("messaging.destination.name", destination)
        .setAttribute("messaging.batch.message_count", events);
  }

  /** Now, ns since 1970-01-01 UTC, as spans tell time. */
  public static long unixNanos() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  /**
   * What tells another process of a span: the header {@code traceparent} of W3C Trace Context.
   *
   * @return empty if the span is not sampled: then there is nothing to continue
   */
  public static String traceparent(Span span) {
    SpanContext context = span.getSpanContext();
    return context.isSampled() ? traceparent(context) : "";
  }

  private static String traceparent(SpanContext context) {
    return "00-"
        + context.getTraceId()
        + '-'
        + context.getSpanId()
        + '-'
        + context.getTraceFlags().asHex();
  }

  /** Whether a traceparent is one, and asks to be continued. */
  public static boolean isSampled(String traceparent) {
    return !traceparent.isEmpty() && contextOf(traceparent).isSampled();
  }

  private static Context remote(String traceparent) {
    SpanContext sender = contextOf(traceparent);
    return sender.isValid() ? Context.root().with(Span.wrap(sender)) : Context.root();
  }

  /**
   * The span that a traceparent names; invalid if it is none. Whatever follows of a later version
   * than 00 is left out, as W3C asks for.
   */
  static SpanContext contextOf(String traceparent) {
    boolean isWhole =
        traceparent.length() == TRACEPARENT_LENGTH
            || (traceparent.length() > TRACEPARENT_LENGTH
                && traceparent.charAt(TRACEPARENT_LENGTH) == '-'
                && !traceparent.startsWith("00"));
    if (!isWhole
        || traceparent.startsWith("ff")
        || !isHex(traceparent, 0, 2)
        || traceparent.charAt(TRACE_ID_AT - 1) != '-'
        || traceparent.charAt(SPAN_ID_AT - 1) != '-'
        || traceparent.charAt(FLAGS_AT - 1) != '-'
        || !isHex(traceparent, FLAGS_AT, FLAGS_AT + 2)) {
      return SpanContext.getInvalid();
    }
    return SpanContext.createFromRemoteParent(
        traceparent.substring(TRACE_ID_AT, SPAN_ID_AT - 1),
        traceparent.substring(SPAN_ID_AT, FLAGS_AT - 1),
        TraceFlags.fromHex(traceparent, FLAGS_AT),
        TraceState.getDefault());
  }

  private static boolean isHex(String text, int from, int to) {
    for (int at = from; at < to; at++) {
      char digit = text.charAt(at);
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return true;
  }
}
