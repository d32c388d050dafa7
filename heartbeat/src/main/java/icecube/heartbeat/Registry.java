// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static java.util.Objects.requireNonNull;

import icecube.chassis.Closer;
import icecube.chassis.GrpcServer;
import icecube.chassis.ManagementPage;
import icecube.chassis.ServerSettings;
import icecube.otel.Meters;
import icecube.v1.HeartbeatServiceGrpc;
import icecube.v1.Instance;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A running registry: takes beats, keeps leases, tells watchers, and answers health checks for
 * kinds of component.
 *
 * <p>Event loops answer beats and lists; one thread {@code registry-sweep} sweeps the leases and
 * does all the telling. Thread-safe.
 */
public final class Registry implements AutoCloseable {
  /** Where a management port serves {@link #discovery}. */
  public static final String DISCOVERY_PATH = "/discovery/prometheus";

  private static final long AGES_PERIOD_NANOS = Duration.ofSeconds(1).toNanos();

  private final RegistrySettings settings;
  private final LongSupplier nanoTime;
  private final SharedMembership membership;
  private final RegistryMetrics metrics;
  private final Watchers watchers;
  private final KindHealth health;
  private final GrpcServer server;
  private final Closer closer;
  private final long startedAt;

  // Confined to the registry's thread.
  private SharedMembership.@Nullable Figures told;
  private long agesAt;

  private Registry(
      RegistrySettings settings,
      LongSupplier nanoTime,
      SharedMembership membership,
      RegistryMetrics metrics,
      Watchers watchers,
      GrpcServer server,
      Closer closer) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.membership = membership;
    this.metrics = metrics;
    this.watchers = watchers;
    this.server = server;
    this.closer = closer;
    this.health = new KindHealth(server::setServing, settings::wanted);
    this.startedAt = nanoTime.getAsLong();
    this.agesAt = startedAt;
  }

  /**
   * Binds the port and takes beats.
   *
   * @throws icecube.chassis.StartException if the port is taken
   */
  public static Registry start(RegistrySettings settings, Meters meters) {
    return start(settings, meters, System::nanoTime);
  }

  /** The same with a clock from outside: ns, monotonic. */
  static Registry start(RegistrySettings settings, Meters meters, LongSupplier nanoTime) {
    requireNonNull(settings, "settings");
    SharedMembership membership =
        new SharedMembership(
            settings.membership(),
            settings.wantedInstances().keySet(),
            startRevision(Clock.systemUTC().instant()),
            nanoTime);
    RegistryMetrics metrics = new RegistryMetrics(meters);
    Closer closer = new Closer();
    RegistryLoop loop = closer.add(new RegistryLoop());
    Watchers watchers =
        new Watchers(
            membership,
            metrics,
            settings.watcherCountMax(),
            settings.bookmarkPeriod(),
            nanoTime,
            loop::wake);
    HeartbeatCalls calls =
        new HeartbeatCalls(
            membership, watchers, metrics, settings.membership().deadAfter(), loop::wake);
    try {
      GrpcServer server =
          closer.add(GrpcServer.start(undrained(settings.server()), List.of(calls), meters));
      Registry registry =
          new Registry(settings, nanoTime, membership, metrics, watchers, server, closer);
      loop.start(settings.membership().sweepPeriod(), registry::sweep, registry::tell);
      server.setServing(HeartbeatServiceGrpc.SERVICE_NAME, true);
      return registry;
    } catch (RuntimeException e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** The port that is listened on, also if the settings said 0. */
  public int port() {
    return server.port();
  }

  /** {@code host:port} to beat to. */
  public String address() {
    return server.address();
  }

  /**
   * The page from which Prometheus learns whom to scrape, for the registry's management port.
   *
   * @param self who the registry is and where its own management port listens
   */
  public ManagementPage discovery(Instance self) {
    requireNonNull(self, "self");
    return new ManagementPage(
        DISCOVERY_PATH,
        "application/json",
        () -> ScrapeTargets.json(self, membership.snapshot("").members()));
  }

  /** Stops; whoever beats or watches is cut off and dials again. Later calls do nothing. */
  @Override
  public void close() {
    closer.close();
  }

  private void sweep() {
    metrics.swept(membership.sweep());
    long now = nanoTime.getAsLong();
    if (now - agesAt >= AGES_PERIOD_NANOS) {
      agesAt = now;
      metrics.beatAges(membership.snapshot("").members());
    }
    tell();
  }

  private void tell() {
    SharedMembership.Figures figures = membership.figures();
    boolean heardAll =
        nanoTime.getAsLong() - startedAt >= settings.membership().deadAfter().toNanos();
    health.update(figures.counts(), heardAll);
    if (!figures.equals(told)) {
      told = figures;
      metrics.kinds(figures, settings::wanted, settings.wantedInstances()::containsKey);
    }
    watchers.tell();
  }

  // Beats and watches have no end of their own: there is nothing to wait for.
  private static ServerSettings undrained(ServerSettings server) {
    return server.withDrain(server.drainDelay(), Duration.ZERO);
  }

  /**
   * Microseconds since 1970: a life of the registry that makes fewer than a million changes a
   * second starts above every revision of the one before, so a watcher of that one is told
   * OUT_OF_RANGE.
   */
  private static long startRevision(Instant now) {
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }
}
