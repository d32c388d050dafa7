// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A service with one call that is answered when the test says so. */
final class EchoService implements BindableService {
  static final String NAME = "icecube.test.Echo";

  private static final MethodDescriptor<HealthCheckRequest, HealthCheckResponse> ECHO =
      MethodDescriptor.<HealthCheckRequest, HealthCheckResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Echo"))
          .setRequestMarshaller(ProtoUtils.marshaller(HealthCheckRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(HealthCheckResponse.getDefaultInstance()))
          .build();

  private final BlockingQueue<StreamObserver<HealthCheckResponse>> calls =
      new LinkedBlockingQueue<>();

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(NAME)
        .addMethod(ECHO, ServerCalls.asyncUnaryCall((request, answers) -> calls.add(answers)))
        .build();
  }

  void call(ManagedChannel channel, StreamObserver<HealthCheckResponse> answers) {
    call(channel, HealthCheckRequest.getDefaultInstance(), answers);
  }

  void call(
      ManagedChannel channel,
      HealthCheckRequest request,
      StreamObserver<HealthCheckResponse> answers) {
    ClientCalls.asyncUnaryCall(channel.newCall(ECHO, CallOptions.DEFAULT), request, answers);
  }

  int waiting() {
    return calls.size();
  }

  void awaitCall() {
    Threads.await(() -> !calls.isEmpty(), "the call arrives");
  }

  void answer() throws InterruptedException {
    StreamObserver<HealthCheckResponse> answers = calls.poll(10, TimeUnit.SECONDS);
    assertThat(answers).isNotNull();
    answers.onNext(HealthCheckResponse.getDefaultInstance());
    answers.onCompleted();
  }
}
