// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** A service that tells its caller which authority signed the certificate it came with. */
final class WhoService implements BindableService {
  private static final String NAME = "icecube.test.Who";

  private static final MethodDescriptor<HealthCheckRequest, HealthCheckRequest> ASK =
      MethodDescriptor.<HealthCheckRequest, HealthCheckRequest>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "Ask"))
          .setRequestMarshaller(ProtoUtils.marshaller(HealthCheckRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(HealthCheckRequest.getDefaultInstance()))
          .build();

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(NAME).addMethod(ASK, new Answering()).build();
  }

  /** The authority of the caller's certificate as the server sees it, {@code CN=...}. */
  static String ask(Channel channel) {
    return ClientCalls.blockingUnaryCall(
            channel,
            ASK,
            CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
            HealthCheckRequest.getDefaultInstance())
        .getService();
  }

  private static final class Answering
      implements ServerCallHandler<HealthCheckRequest, HealthCheckRequest> {
    @Override
    public ServerCall.Listener<HealthCheckRequest> startCall(
        ServerCall<HealthCheckRequest, HealthCheckRequest> call, Metadata headers) {
      call.request(1);
      return new ServerCall.Listener<>() {
        @Override
        public void onHalfClose() {
          call.sendHeaders(new Metadata());
          call.sendMessage(HealthCheckRequest.newBuilder().setService(issuer(call)).build());
          call.close(Status.OK, new Metadata());
        }
      };
    }

    private static String issuer(ServerCall<?, ?> call) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      if (session == null) {
        return "plaintext";
      }
      try {
        var leaf = (X509Certificate) session.getPeerCertificates()[0];
        return leaf.getIssuerX500Principal().getName();
      } catch (SSLPeerUnverifiedException e) {
        return "none";
      }
    }
  }
}
