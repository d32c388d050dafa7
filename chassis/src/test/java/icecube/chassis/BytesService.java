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
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

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

  private static final MethodDescriptor<Struct, Struct> TALK =
      TAKE.toBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName("icecube.test.Bytes/Talk")
          .build();

  final AtomicInteger begun = new AtomicInteger();
  final AtomicInteger open = new AtomicInteger();
  final AtomicInteger openMax = new AtomicInteger();
  final AtomicInteger taken = new AtomicInteger();

  /** Streams that are open; what they are answered with is the test's to say. */
  final BlockingQueue<ServerCallStreamObserver<Struct>> talks = new LinkedBlockingQueue<>();

  /** Streams whose caller went. */
  final AtomicInteger gone = new AtomicInteger();

  private final Consumer<Struct> keeper;

  BytesService() {
    this(message -> {});
  }

  /** One that gives every message of a unary call to {@code keeper}. */
  BytesService(Consumer<Struct> keeper) {
    this.keeper = keeper;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder("icecube.test.Bytes")
        .addMethod(TAKE, new Taking())
        .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(this::talk))
        .build();
  }

  /** Sends {@code message} as the request, byte by byte as it is. */
  static void call(ManagedChannel channel, InputStream message, CallOptions options) {
    call(channel, TAKE, message, options);
  }

  /** Sends {@code message} as the request of any unary method, byte by byte as it is. */
  static void call(
      ManagedChannel channel,
      MethodDescriptor<?, ?> method,
      InputStream message,
      CallOptions options) {
    ClientCalls.blockingUnaryCall(
        channel, raw(method), options.withDeadlineAfter(20, TimeUnit.SECONDS), message);
  }

  /** Opens a stream of messages that are sent byte by byte as they are. */
  static StreamObserver<InputStream> talk(
      ManagedChannel channel, StreamObserver<InputStream> answers) {
    return talk(channel, TALK, answers);
  }

  /** Opens a stream of any method, of messages that are sent byte by byte as they are. */
  static StreamObserver<InputStream> talk(
      ManagedChannel channel, MethodDescriptor<?, ?> method, StreamObserver<InputStream> answers) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(raw(method), CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS)),
        answers);
  }

  private static MethodDescriptor<InputStream, InputStream> raw(MethodDescriptor<?, ?> method) {
    return method.toBuilder(new AsItIs(), new AsItIs()).build();
  }

  private StreamObserver<Struct> talk(StreamObserver<Struct> answers) {
    var call = (ServerCallStreamObserver<Struct>) answers;
    call.setOnCancelHandler(gone::incrementAndGet);
    talks.add(call);
    return new StreamObserver<>() {
      @Override
      public void onNext(Struct message) {
        taken.incrementAndGet();
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        call.onCompleted();
      }
    };
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
          keeper.accept(message);
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
