// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * A service whose callers are told, with a reason, when their bytes are no message.
 *
 * <p>gRPC lets the failure of a parser fly out of its own loop: the caller is told UNKNOWN, and
 * each such call puts a SEVERE with a stack trace into the log, which strangers could fill with it.
 * Here the parser hands on an {@link Unreadable} in place of the message, which the listener that
 * stands around the service takes out again, and the call ends with {@code REQUEST_UNREADABLE} or
 * {@code REQUEST_TOO_LARGE}; it is counted and nothing is logged. The service is told that its
 * caller has gone.
 *
 * <p>Stateless but for what it counts, and thread-safe.
 */
final class ReadableRequests {
  private ReadableRequests() {}

  /** The same service, with the same methods and schema; {@code metrics} count what is refused. */
  static ServerServiceDefinition of(ServerServiceDefinition service, RequestMetrics metrics) {
    ServiceDescriptor from = service.getServiceDescriptor();
    var descriptor =
        ServiceDescriptor.newBuilder(from.getName())
            .setSchemaDescriptor(from.getSchemaDescriptor());
    var methods = service.getMethods().stream().map(method -> readable(method, metrics)).toList();
    methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
    var readable = ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(readable::addMethod);
    return readable.build();
  }

  private static <Q, A> ServerMethodDefinition<Q, A> readable(
      ServerMethodDefinition<Q, A> method, RequestMetrics metrics) {
    MethodDescriptor<Q, A> from = method.getMethodDescriptor();
    ServerCallHandler<Q, A> handler = method.getServerCallHandler();
    return ServerMethodDefinition.create(
        from.toBuilder().setRequestMarshaller(new Parser<>(from.getRequestMarshaller())).build(),
        (call, headers) -> {
          var ending = new Ending<>(call);
          return new Listening<>(ending, handler.startCall(ending, headers), metrics);
        });
  }

  /** What stands where a message cannot; {@code cause} is what the parser said. */
  private record Unreadable(RuntimeException cause) {
    /** A message that is packed is unpacked while it is read, and no further than is allowed. */
    boolean isTooLarge() {
      return Status.fromThrowable(cause).getCode() == Status.Code.RESOURCE_EXHAUSTED;
    }

    void count(RequestMetrics metrics) {
      if (isTooLarge()) {
        metrics.tooLarge();
      } else {
        metrics.unreadable();
      }
    }

    /** What its caller is told. */
    StatusRuntimeException answer(String method) {
      return isTooLarge()
          ? Reasons.toException(
              Reason.REASON_REQUEST_TOO_LARGE,
              "message: too large when unpacked (expected: a request of "
                  + method
                  + " within the server's limit); send it in parts")
          : Reasons.toException(
              Reason.REASON_REQUEST_UNREADABLE,
              "message: cannot be read (expected: a request of "
                  + method
                  + " as protobuf, whole and nested at most 100 deep)");
    }
  }

  private record Parser<T>(Marshaller<T> parser) implements Marshaller<T> {
    // No message is looked at before the listener below, where this one ends.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    @Override
    public T parse(InputStream stream) {
      try {
        return parser.parse(stream);
      } catch (RuntimeException e) {
        return (T) new Unreadable(e);
      }
    }

    @Override
    public InputStream stream(T value) {
      return parser.stream(value);
    }
  }

  /**
   * Lets a call be ended beside its service, which may be answering earlier messages from other
   * threads: what it says after the end is dropped, as after a cancellation. Thread-safe.
   */
  private static final class Ending<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Object lock = new Object();

    @GuardedBy("lock")
    private boolean isEnded;

    Ending(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      synchronized (lock) {
        if (!isEnded) {
          super.sendHeaders(headers);
        }
      }
    }

    @Override
    public void sendMessage(A message) {
      synchronized (lock) {
        if (!isEnded) {
          super.sendMessage(message);
        }
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      synchronized (lock) {
        if (!isEnded) {
          isEnded = true;
          super.close(status, trailers);
        }
      }
    }
  }

  /** Ends the call at the first message that is none. Called by one thread at a time. */
  private static final class Listening<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Ending<Q, ?> call;
    private final RequestMetrics metrics;
    private boolean isEnded;

    Listening(Ending<Q, ?> call, ServerCall.Listener<Q> listener, RequestMetrics metrics) {
      super(listener);
      this.call = call;
      this.metrics = metrics;
    }

    @Override
    public void onMessage(Q message) {
      if (isEnded) {
        return;
      }
      Object received = message;
      if (received instanceof Unreadable unreadable) {
        isEnded = true;
        unreadable.count(metrics);
        var answer = unreadable.answer(call.getMethodDescriptor().getFullMethodName());
        call.close(answer.getStatus(), answer.getTrailers());
        super.onCancel();
      } else {
        super.onMessage(message);
      }
    }

    @Override
    public void onHalfClose() {
      if (!isEnded) {
        super.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      if (!isEnded) {
        super.onCancel();
      }
    }

    @Override
    public void onComplete() {
      if (!isEnded) {
        super.onComplete();
      }
    }

    @Override
    public void onReady() {
      if (!isEnded) {
        super.onReady();
      }
    }
  }
}
