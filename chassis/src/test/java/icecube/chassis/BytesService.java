// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import com.google.protobuf.Struct;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service that takes a message which may be nested without end, counts its calls, and answers
 * once the caller has said all; to be called with any bytes.
 */
final class BytesService implements BindableService {
  static final String PATH = "/icecube.test.Bytes/Take";

  private static final MethodDescriptor<Struct, Struct> TAKE =
      MethodDescriptor.<Struct, Struct>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(PATH.substring(1))
          .setRequestMarshaller(ProtoUtils.marshaller(Struct.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Struct.getDefaultInstance()))
          .build();

  private static final MethodDescriptor<InputStream, InputStream> RAW =
      TAKE.toBuilder(new AsItIs(), new AsItIs()).build();

  final AtomicInteger begun = new AtomicInteger();
  final AtomicInteger open = new AtomicInteger();
  final AtomicInteger openMax = new AtomicInteger();
  final AtomicInteger taken = new AtomicInteger();

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder("icecube.test.Bytes")
        .addMethod(TAKE, new Taking())
        .build();
  }

  /** Sends {@code message} as the request, byte by byte as it is. */
  static void call(ManagedChannel channel, InputStream message, CallOptions options) {
    ClientCalls.blockingUnaryCall(
        channel, RAW, options.withDeadlineAfter(20, TimeUnit.SECONDS), message);
  }

  private final class Taking implements ServerCallHandler<Struct, Struct> {
    @Override
    public ServerCall.Listener<Struct> startCall(
        ServerCall<Struct, Struct> call, Metadata headers) {
      begun.incrementAndGet();
      openMax.accumulateAndGet(open.incrementAndGet(), Math::max);
      call.request(1);
      return new ServerCall.Listener<>() {
        @Override
        public void onMessage(Struct message) {
          taken.incrementAndGet();
        }

        @Override
        public void onHalfClose() {
          call.sendHeaders(new Metadata());
          call.sendMessage(Struct.getDefaultInstance());
          call.close(Status.OK, new Metadata());
        }

        @Override
        public void onCancel() {
          open.decrementAndGet();
        }

        @Override
        public void onComplete() {
          open.decrementAndGet();
        }
      };
    }
  }

  private static final class AsItIs implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      try {
        return new ByteArrayInputStream(stream.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
