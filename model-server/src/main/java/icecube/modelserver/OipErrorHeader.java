// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * The header {@code triton_grpc_error: true}, by which the caller of a stream asks that a failure
 * end it with its status. Thread-safe.
 */
final class OipErrorHeader implements ServerInterceptor {
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("triton_grpc_error", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<Boolean> ASKED =
      Context.keyWithDefault("triton_grpc_error", false);

  /** Whether the current call carries it. */
  static boolean isSet() {
    return ASKED.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    boolean asked = Boolean.parseBoolean(headers.get(HEADER));
    return Contexts.interceptCall(Context.current().withValue(ASKED, asked), call, headers, next);
  }
}
