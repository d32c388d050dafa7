// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.otel.Traces;
import icecube.proto.ReasonException;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import io.grpc.Status;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.concurrent.TimeUnit;

/**
 * The spans of one request here: the call's own, and within it {@code queue} (from admission to a
 * worker) and {@code compute} (from there to the answer).
 *
 * <p>If a model breaks and the line fit stands in for it, there are two of each, one pair after the
 * other. A request that is not traced shares one for its method, which does nothing until the
 * request is refused or a model breaks at it: then the call's span is recorded late. Its methods
 * are called one after the other, by whichever thread has the request.
 */
final class RequestTrace {
  private static final AttributeKey<String> REASON = AttributeKey.stringKey("icecube.reason");

  /** Of a request that is nobody's, such as a shadow's. */
  static final RequestTrace NONE =
      new RequestTrace(Traces.OFF, RpcMethod.PREDICT, Span.getInvalid());

  private final Traces traces;
  private final RpcMethod method;
  private final Span server;
  private volatile Span compute = Span.getInvalid();
  private volatile long brokeUnixNanos;

  RequestTrace(Traces traces, RpcMethod method, Span server) {
    this.traces = traces;
    this.method = method;
    this.server = server;
  }

  /** The call's span; invalid if the request is not traced. */
  Span server() {
    return server;
  }

  /** From a worker's hand to the answer; the call's span before that. */
  Span inWork() {
    Span working = compute;
    return working.isRecording() ? working : server;
  }

  /** Whether the request is traced. */
  boolean isOn() {
    return server.isRecording();
  }

  /** It was admitted, and waits from here on. */
  void admitted(ModelCard model, int eventCount) {
    if (isOn()) {
      server
          .setAttribute("icecube.model.name", model.name())
          .setAttribute("icecube.model.version", model.version())
          .setAttribute("icecube.request.events", (long) eventCount);
    }
  }

  /**
   * A worker begins it.
   *
   * @param waitedNanos since its admission
   */
  void begun(long waitedNanos) {
    if (isOn()) {
      long now = Traces.unixNanos();
      traces
          .builder(SpanKind.INTERNAL, "queue", server)
          .setStartTimestamp(
              Math.max(brokeUnixNanos, now - Math.max(0, waitedNanos)), TimeUnit.NANOSECONDS)
          .startSpan()
          .end(now, TimeUnit.NANOSECONDS);
      compute =
          traces
              .builder(SpanKind.INTERNAL, "compute", server)
              .setStartTimestamp(now, TimeUnit.NANOSECONDS)
              .startSpan();
    }
  }

  /** The model broke at it, and it is about to wait again, for the one that stands in. */
  void broke(ReasonException why) {
    if (isOn()) {
      fault(compute.setAttribute(REASON, Reasons.nameOf(why.reason())), why);
      compute.end();
      brokeUnixNanos = Traces.unixNanos();
    }
  }

  /**
   * The model broke at it, and it waits again: told of a request that is not traced.
   *
   * @param elapsedNanos from when it came to when the model broke
   */
  void stoodIn(ReasonException why, long elapsedNanos) {
    if (!isOn() && traces.isOn()) {
      var late = traces.late(SpanKind.SERVER, method.fullName(), "", elapsedNanos);
      if (late.isRecording()) {
        described(late, method).setAttribute(REASON, Reasons.nameOf(why.reason()));
        fault(late, why);
        late.end();
      }
    }
  }

  /** It was answered, if only with errors of its events. */
  void answered() {
    if (isOn()) {
      compute.end();
      server.setAttribute("rpc.response.status_code", Status.Code.OK.name()).end();
    }
  }

  /** Its caller has gone. */
  void cancelled() {
    if (isOn()) {
      compute.end();
      server.setAttribute("rpc.response.status_code", Status.Code.CANCELLED.name()).end();
    }
  }

  /**
   * It gets no answer.
   *
   * @param elapsedNanos since it came
   */
  void refused(ReasonException why, long elapsedNanos) {
    if (isOn()) {
      compute.end();
      end(server, why);
    } else if (traces.isOn()) {
      var late =
          Reasons.kindOf(why.reason()) == ReasonKind.OVERLOAD
              ? traces.lateOverload(SpanKind.SERVER, method.fullName(), "", elapsedNanos)
              : traces.late(SpanKind.SERVER, method.fullName(), "", elapsedNanos);
      if (late.isRecording()) {
        end(described(late, method), why);
      }
    }
  }

  static Span described(Span server, RpcMethod method) {
    return server
        .setAttribute("rpc.system.name", "grpc")
        .setAttribute("rpc.method", method.fullName());
  }

  private static void end(Span server, ReasonException why) {
    var code = Reasons.codeOf(why.reason());
    server.setAttribute("rpc.response.status_code", code.name());
    server.setAttribute(REASON, Reasons.nameOf(why.reason()));
    if (isFault(code)) {
      fault(server, why);
    }
    server.end();
  }

  private static void fault(Span span, ReasonException why) {
    span.setAttribute("error.type", Reasons.codeOf(why.reason()).name());
    span.setStatus(StatusCode.ERROR, Reasons.nameOf(why.reason()));
  }

  /**
   * Whether a server of this status is to blame, by OpenTelemetry's conventions; overload is not.
   */
  private static boolean isFault(Status.Code code) {
    return switch (code) {
      case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
      case OK,
          CANCELLED,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          UNAUTHENTICATED ->
          false;
    };
  }
}
