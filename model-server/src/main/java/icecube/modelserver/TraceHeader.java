// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * The header {@code traceparent} of a call, by which whoever traces goes on here: grpcurl, clients
 * of Triton, any OpenTelemetry instrumentation. Thread-safe.
 */
final class TraceHeader implements ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> SENT = Context.keyWithDefault("traceparent", "");

  /** What the current call carries; empty if nothing. */
  static String sent() {
    return SENT.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String sent = headers.get(HEADER);
    return sent == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Context.current().withValue(SENT, sent), call, headers, next);
  }
}
