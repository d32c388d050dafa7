// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.chassis.BeatSender;
import icecube.chassis.Closer;
import icecube.chassis.ManagementPage;
import icecube.chassis.ManagementServer;
import icecube.chassis.TransportSecurity;
import icecube.otel.Telemetry;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import icecube.stream.StreamMetrics;
import icecube.v1.Instance;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One service as its own process: its meters, its management port, its beats, and what it opened,
 * closed in reverse order. Confined to the command's thread.
 */
final class ServiceHost implements AutoCloseable {
  private final String kind;
  private final ServiceOptions options;
  private final int managementPort;
  private final Optional<String> registry;
  private final PrintWriter out;
  private final Closer closer = new Closer();
  private final ToldService told;
  private final TransportSecurity security;

  ServiceHost(String kind, ServiceOptions options, PrintWriter out) {
    this(kind, options, ToldService.TraceSettings.ofProcess(), out);
  }

  /** The same, for a service that draws traces. */
  ServiceHost(
      String kind, ServiceOptions options, ToldService.TraceSettings traces, PrintWriter out) {
    this.kind = kind;
    this.options = options;
    this.managementPort = options.managementPort();
    this.registry = options.registry();
    this.out = out;
    this.told = ToldService.begin(kind, traces, closer);
    ConsoleLog.service(kind, told.telemetry().meters());
    this.security = closer.add(options.openSecurity(told.telemetry().meters()));
  }

  /** What the service tells of itself. */
  Telemetry telemetry() {
    return told.telemetry();
  }

  /** Who this process is and whom it trusts. */
  TransportSecurity security() {
    return security;
  }

  /** Hands over something to be closed when the service ends. */
  <T extends AutoCloseable> T add(T resource) {
    return closer.add(resource);
  }

  /** Hands over the event log, whose account the service then shows, too. */
  EventLog add(RedisEventLog log) {
    closer.add(log);
    closer.add(StreamMetrics.start(log, told.telemetry().meters()));
    return log;
  }

  /**
   * Opens the management port, starts to beat, and prints where the service is to be found.
   *
   * @param address where its own port listens; empty if it has none
   */
  void announce(String address, Supplier<Beat> beat, BooleanSupplier ready) {
    announce(address, beat, ready, List.of());
  }

  /** The same with further pages on the management port, made for who this service is. */
  void announce(
      String address,
      Supplier<Beat> beat,
      BooleanSupplier ready,
      List<Function<Instance, ManagementPage>> pages) {
    ManagementServer management =
        closer.add(ManagementServer.start(options.host(), managementPort, told.meters(), ready));
    Instance self = told.instance(address, management.address());
    pages.forEach(page -> management.add(page.apply(self)));
    ConsoleLog.instance(self.getInstanceId());
    closer.add(ServiceSummary.start(kind, told.meters()));
    registry.ifPresent(
        target ->
            closer.add(BeatSender.start(target, self, beat, told.telemetry().meters(), security)));
    if (!address.isEmpty()) {
      out.println(kind + " listens on " + address);
    }
    out.println(kind + " management on http://" + management.address() + "/metrics");
    out.flush();
  }

  /** Waits for Ctrl-C or SIGTERM, which arrive as an interrupt; returns normally then. */
  static void awaitStop() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // The wish to stop is met by returning; closing must not find the thread interrupted.
    }
  }

  @Override
  public void close() {
    closer.close();
  }
}
