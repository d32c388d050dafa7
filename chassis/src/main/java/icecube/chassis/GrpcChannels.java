// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;

/**
 * Opens channels to our servers: plaintext or as {@link TransportSecurity} says, with the message
 * limits of {@link ServerSettings} and keepalive pings while calls are open, so that a peer that
 * vanished without a word is noticed.
 *
 * <p><b>Callbacks run on the event loop</b> ({@code directExecutor}) and must not block: they hand
 * over to a bounded queue. Blocking and future stubs may be used from any other thread.
 *
 * <p>gRPC waits up to two minutes between tries to reconnect; who needs a restarted server sooner
 * calls {@link ManagedChannel#resetConnectBackoff()} at its own pace, as {@link BeatSender} does.
 */
public final class GrpcChannels {
  /** Twice what our servers permit, see {@link ServerSettings#KEEP_ALIVE_PERMITTED}. */
  public static final Duration KEEP_ALIVE = Duration.ofSeconds(20);

  public static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);

  private GrpcChannels() {}

  /**
   * A channel to {@code target} ({@code host:port} or any gRPC target). Does no I/O: the first call
   * connects. The caller owns it and shuts it down.
   */
  public static ManagedChannel open(String target) {
    return open(target, TransportSecurity.PLAINTEXT);
  }

  /** The same with TLS and a token as {@code security} says, which must outlive the channel. */
  public static ManagedChannel open(String target, TransportSecurity security) {
    if (target.isBlank()) {
      throw new IllegalArgumentException("target: \"\" (expected: host:port)");
    }
    NettyChannelBuilder builder = NettyChannelBuilder.forTarget(target);
    security.secure(builder);
    return builder
        .directExecutor()
        .maxInboundMessageSize(ServerSettings.MESSAGE_BYTES_MAX)
        .maxInboundMetadataSize(ServerSettings.METADATA_BYTES_MAX)
        .keepAliveTime(KEEP_ALIVE.toNanos(), NANOSECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toNanos(), NANOSECONDS)
        .build();
  }
}
