// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import icecube.otel.Meters;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gRPC server: the given services, {@code grpc.health.v1} with Check and Watch, and
 * reflection v1 and v1alpha, held to the limits of its {@link ServerSettings}.
 *
 * <p><b>Handlers run on the event loops</b> ({@code directExecutor}: 4 to 5 times the calls per
 * second of a pool on two cores) and so <b>must never block</b>: they hand their work to a bounded
 * queue of their own and answer from there.
 *
 * <p>Health: the empty name means the server itself and is SERVING from the start; every given
 * service is NOT_SERVING until {@link #setServing} says otherwise.
 *
 * <p>A request that is no message ends its call, and only that, with a {@code icecube.v1.Reason}.
 *
 * <p>Plaintext, or TLS with roles for callers, as its {@link TransportSecurity} says; health and
 * reflection are held to the roles, too. Thread-safe.
 */
public final class GrpcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);
  private static final Duration LAST_CALLS = Duration.ofMillis(100);
  private static final Duration CUT = Duration.ofSeconds(5);

  private final ServerSettings settings;
  private final HealthStatusManager health;
  private final EventLoops loops;
  private final Server server;
  private final CallsInFlight calls;

  private GrpcServer(
      ServerSettings settings,
      HealthStatusManager health,
      EventLoops loops,
      Server server,
      CallsInFlight calls) {
    this.settings = settings;
    this.health = health;
    this.loops = loops;
    this.server = server;
    this.calls = calls;
  }

  /** The same, where nobody reads what is counted. */
  public static GrpcServer start(ServerSettings settings, List<BindableService> services) {
    return start(settings, services, Meters.none());
  }

  /**
   * Binds the port and serves.
   *
   * @param meters count the requests that are no message
   * @throws StartException if the port is taken or the host is not of this machine
   */
  public static GrpcServer start(
      ServerSettings settings, List<BindableService> services, Meters meters) {
    requireNonNull(settings, "settings");
    requireNonNull(services, "services");
    RequestMetrics metrics = new RequestMetrics(requireNonNull(meters, "meters"));
    InetSocketAddress address = Listening.resolve(settings.host(), settings.port());
    HealthStatusManager health = new HealthStatusManager();
    EventLoops loops = EventLoops.create(settings.eventLoopCount());
    CallsInFlight calls = new CallsInFlight();
    try {
      NettyServerBuilder builder = limited(NettyServerBuilder.forAddress(address), settings);
      builder
          .channelType(loops.channelType())
          .bossEventLoopGroup(loops.accepting())
          .workerEventLoopGroup(loops.serving())
          .directExecutor()
          .addStreamTracerFactory(calls)
          .addService(readable(health.getHealthService(), metrics))
          .addService(readable(ProtoReflectionServiceV1.newInstance(), metrics))
          .addService(readable(reflectionV1Alpha(), metrics));
      settings.security().secure(builder);
      for (BindableService service : services) {
        ServerServiceDefinition readable = readable(service, metrics);
        builder.addService(readable);
        health.setStatus(readable.getServiceDescriptor().getName(), ServingStatus.NOT_SERVING);
      }
      return new GrpcServer(settings, health, loops, builder.build().start(), calls);
    } catch (IOException e) {
      loops.close();
      throw Listening.refused(settings.host(), settings.port(), e);
    } catch (RuntimeException e) {
      loops.close();
      throw e;
    }
  }

  /** The port that is listened on, also if the settings said 0. */
  public int port() {
    return server.getPort();
  }

  /** {@code host:port} to call this server at. */
  public String address() {
    return Listening.address(settings.host(), port());
  }

  /**
   * Tells health clients, watching ones too, how {@code service} is. Any name may be told: a gRPC
   * service, a model, a kind of component. Ignored once the server closes.
   */
  public void setServing(String service, boolean serving) {
    health.setStatus(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /**
   * Ends in the order clients can follow: NOT_SERVING for good, still serving for the drain delay,
   * then no new calls, a bounded wait for the calls in flight, and the rest is cut. Health watches
   * and reflection are not waited for; <b>a service whose streams have no end of their own ends
   * them before it closes its server</b>, else this waits the whole drain timeout for them.
   *
   * <p>Blocks for at most the drain delay plus the drain timeout plus about fifteen seconds; an
   * interrupt cuts at once. Later calls do nothing.
   */
  @Override
  public void close() {
    if (server.isTerminated()) {
      return;
    }
    health.enterTerminalState();
    try {
      // Not shut down yet, so this waits the whole delay (or until somebody else ends the server).
      await(settings.drainDelay());
      server.shutdown();
      // A call that was on its way when GOAWAY left is still let in.
      if (!await(LAST_CALLS) && !calls.awaitNone(settings.drainTimeout())) {
        LOG.atWarn()
            .addKeyValue("port", port())
            .addKeyValue("drain_timeout", settings.drainTimeout())
            .log("calls still in flight at the end of the drain are cut");
      }
      server.shutdownNow();
      await(CUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.shutdownNow();
      loops.close();
    }
  }

  private boolean await(Duration time) throws InterruptedException {
    return server.awaitTermination(time.toNanos(), NANOSECONDS);
  }

  private static ServerServiceDefinition readable(BindableService service, RequestMetrics metrics) {
    return ReadableRequests.of(service.bindService(), metrics);
  }

  // Deprecated in favour of v1, yet it is the one that older grpcurl and Insomnia ask for.
  @SuppressWarnings("deprecation")
  private static BindableService reflectionV1Alpha() {
    return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
  }

  private static NettyServerBuilder limited(NettyServerBuilder builder, ServerSettings settings) {
    builder
        .maxConcurrentCallsPerConnection(settings.callsPerConnectionMax())
        .maxRstFramesPerWindow(
            settings.resetsPerWindowMax(), (int) settings.resetWindow().toSeconds())
        .maxInboundMessageSize(settings.messageBytesMax())
        .maxInboundMetadataSize(settings.metadataBytesMax())
        .maxConnectionIdle(settings.connectionIdle().toNanos(), NANOSECONDS)
        .maxConnectionAge(settings.connectionAge().toNanos(), NANOSECONDS)
        .maxConnectionAgeGrace(settings.connectionAgeGrace().toNanos(), NANOSECONDS)
        .permitKeepAliveTime(settings.keepAlivePermitted().toNanos(), NANOSECONDS)
        .permitKeepAliveWithoutCalls(true);
    builder.handshakeTimeout(settings.handshakeTimeout().toNanos(), NANOSECONDS);
    return builder;
  }
}
