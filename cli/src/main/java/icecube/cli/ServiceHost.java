// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.chassis.BeatSender;
import icecube.chassis.Closer;
import icecube.chassis.InstanceIds;
import icecube.chassis.ManagementServer;
import icecube.chassis.TransportSecurity;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
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
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Closer closer = new Closer();
  private final TransportSecurity security;

  ServiceHost(String kind, ServiceOptions options, PrintWriter out) {
    this.kind = kind;
    this.options = options;
    this.managementPort = options.managementPort();
    this.registry = options.registry();
    this.out = out;
    closer.add(meters::close);
    this.security = closer.add(options.openSecurity(meters));
  }

  PrometheusMeterRegistry meters() {
    return meters;
  }

  /** Who this process is and whom it trusts. */
  TransportSecurity security() {
    return security;
  }

  /** Hands over something to be closed when the service ends. */
  <T extends AutoCloseable> T add(T resource) {
    return closer.add(resource);
  }

  /**
   * Opens the management port, starts to beat, and prints where the service is to be found.
   *
   * @param address where its own port listens; empty if it has none
   */
  void announce(String address, Supplier<Beat> beat, BooleanSupplier ready) {
    ManagementServer management =
        closer.add(ManagementServer.start(options.host(), managementPort, meters, ready));
    String managementAddress = options.host() + ":" + management.port();
    registry.ifPresent(
        target ->
            closer.add(
                BeatSender.start(
                    target,
                    InstanceIds.create(kind, address, managementAddress),
                    beat,
                    meters,
                    security)));
    if (!address.isEmpty()) {
      out.println(kind + " listens on " + address);
    }
    out.println(kind + " management on http://" + managementAddress + "/metrics");
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
