// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call in only if its caller is known, by certificate or token, and its role may call the
 * method.
 *
 * <p>A token, where tokens are accepted and one is sent, decides; otherwise the certificate does.
 * Its chain is verified again when the connection is ready, because a resumed TLS session skips
 * that, and whenever our authorities have changed, so who was removed is out with its next call.
 * Thread-safe.
 */
final class Doorkeeper extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<PeerCertificate> PEER =
      Attributes.Key.create("icecube-peer-certificate");

  private final TransportSecurity security;

  Doorkeeper(TransportSecurity security) {
    this.security = security;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    PeerCertificate peer =
        PeerCertificate.of(
            attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION), security.files().trustDomain());
    peer.defect(security.material());
    return attributes.toBuilder().set(PEER, peer).build();
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    SecurityMaterial material = security.material();
    String token = security.files().tokensAccepted().isPresent() ? tokenIn(headers) : null;
    PeerCertificate peer = call.getAttributes().get(PEER);
    Optional<Role> role;
    String defect;
    if (token != null) {
      role = material.accepted().roleOf(token);
      defect = "token: unknown (expected: one whose SHA-256 the server lists)";
    } else if (peer == null) {
      role = Optional.empty();
      defect = "connection: not ready (expected: after its handshake)";
    } else {
      defect = peer.defect(material);
      role = defect.isEmpty() ? peer.role() : Optional.empty();
    }
    String method = call.getMethodDescriptor().getFullMethodName();
    if (role.isEmpty()) {
      security.metrics().deniedUnknown.increment();
      return refused(call, Status.UNAUTHENTICATED.withDescription(defect));
    }
    if (!role.get().mayCall(method)) {
      security.metrics().deniedRole.increment();
      return refused(
          call,
          Status.PERMISSION_DENIED.withDescription(
              "role: " + role.get().word() + " (expected: one that may call " + method + ")"));
    }
    return next.startCall(call, headers);
  }

  private static @Nullable String tokenIn(Metadata headers) {
    String authorization = headers.get(TokenSender.AUTHORIZATION);
    boolean isBearer =
        authorization != null
            && authorization.regionMatches(
                true, 0, TokenSender.BEARER, 0, TokenSender.BEARER.length());
    return isBearer ? authorization.substring(TokenSender.BEARER.length()).strip() : null;
  }

  private static <ReqT, RespT> ServerCall.Listener<ReqT> refused(
      ServerCall<ReqT, RespT> call, Status status) {
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
