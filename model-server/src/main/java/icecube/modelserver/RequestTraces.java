// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.Traces;
import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.EnumMap;
import java.util.Map;

/**
 * Begins the spans of requests and of what workers do with several of them at a time.
 *
 * <p>A request is traced if its caller says so; nothing is drawn here, as a trace that began here
 * would have no beginning. Thread-safe.
 */
final class RequestTraces {
  /** No traces. */
  static final RequestTraces OFF = new RequestTraces(Traces.OFF);

  /** The most requests that a round's span links to. */
  static final int LINKS_MAX = 64;

  /** The most runs of one round that have a span each. */
  static final int RUNS_MAX = 16;

  private final Traces traces;
  private final Map<RpcMethod, RequestTrace> untraced = new EnumMap<>(RpcMethod.class);

  RequestTraces(Traces traces) {
    this.traces = traces;
    for (var method : RpcMethod.values()) {
      untraced.put(method, new RequestTrace(traces, method, Span.getInvalid()));
    }
  }

  /** {@code service} as a server takes it: with what reads the caller's span, if spans are told. */
  BindableService withHeader(BindableService service) {
    return traces.isOn() ? () -> ServerInterceptors.intercept(service, new TraceHeader()) : service;
  }

  /**
   * Begins the trace of a request that has come.
   *
   * @param traceparent of the caller's span; empty if there is none
   */
  RequestTrace of(RpcMethod method, String traceparent) {
    if (!traceparent.isEmpty() && traces.isOn() && Traces.isSampled(traceparent)) {
      var server = traces.start(SpanKind.SERVER, method.fullName(), traceparent);
      return new RequestTrace(traces, method, RequestTrace.described(server, method));
    }
    return untraced(method);
  }

  /** What every request to a method shares that is not traced. */
  RequestTrace untraced(RpcMethod method) {
    RequestTrace shared = untraced.get(method);
    if (shared == null) {
      throw new IllegalStateException("method: " + method + " (expected: one of the map)");
    }
    return shared;
  }

  /**
   * Begins the span of a worker's round, if any of its requests is traced: within the first of
   * these, and linked to all of them.
   */
  Span round(Round round) {
    if (!traces.isOn()) {
      return Span.getInvalid();
    }
    SpanBuilder builder = null;
    int links = 0;
    for (int index = 0; index < round.runCount() && links < LINKS_MAX; index++) {
      var trace = round.run(index).request().trace();
      if (trace.isOn()) {
        if (builder == null) {
          builder = traces.builder(SpanKind.INTERNAL, "round", trace.inWork());
        }
        builder.addLink(trace.server().getSpanContext());
        links++;
      }
    }
    return builder == null
        ? Span.getInvalid()
        : builder.setAttribute("icecube.round.requests", (long) round.runCount()).startSpan();
  }

  /**
   * Begins the span of the {@code number}th run of a graph within a round, the first being 1;
   * invalid if that of the round is, or there are enough.
   */
  Span run(Span round, int number, ServedModel model, MicroBatch batch) {
    if (number > RUNS_MAX || !round.isRecording()) {
      return Span.getInvalid();
    }
    return traces
        .start(SpanKind.INTERNAL, "run", round)
        .setAttribute("icecube.model.name", model.card().name())
        .setAttribute("icecube.model.version", model.card().version())
        .setAttribute("icecube.batch.items", (long) batch.itemCount())
        .setAttribute("icecube.batch.rows", (long) batch.rowCount());
  }

  /** A run has failed, or was stopped as nobody waits any more. */
  static void failed(Span run, Throwable failure) {
    if (run.isRecording()) {
      run.setAttribute("error.type", failure.getClass().getName());
      run.setStatus(StatusCode.ERROR);
    }
  }

  /** Ends the span of a round of so many runs. */
  static void end(Span round, int runs) {
    if (round.isRecording()) {
      round.setAttribute("icecube.round.runs", (long) runs);
    }
    round.end();
  }
}
