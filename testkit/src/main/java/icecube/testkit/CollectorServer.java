// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A real OpenTelemetry Collector on loopback, with {@code otel/collector/config.yaml} and overlays.
 * Confined to one thread.
 */
public final class CollectorServer implements AutoCloseable {
  /** What {@code deploy/tools.sh} installs it as. */
  public static final String NAME = "otelcol-icecube";

  private static final List<String> PORTS =
      List.of(
          "COLLECTOR_OTLP_GRPC_PORT",
          "COLLECTOR_OTLP_HTTP_PORT",
          "COLLECTOR_METRICS_PORT",
          "COLLECTOR_SELF_PORT",
          "COLLECTOR_HEALTH_PORT");

  private final ServerProcess process;
  private final List<Integer> ports;

  private CollectorServer(ServerProcess.Started started) {
    this.process = started.server();
    this.ports = started.ports();
  }

  /**
   * Starts it and waits until it says it is healthy; its log goes into {@code folder}.
   *
   * @param environment at least {@code JAEGER_OTLP_ENDPOINT}, host:port
   * @param overlays further files: names of those of {@code otel/collector/}, whole paths of others
   */
  public static CollectorServer start(
      Program program, Path folder, Map<String, String> environment, String... overlays) {
    return new CollectorServer(
        ServerProcess.start(
            program, folder, PORTS.size(), ports -> plan(ports, environment, overlays)));
  }

  private static ServerProcess.Plan plan(
      List<Integer> ports, Map<String, String> environment, String... overlays) {
    Map<String, String> all = environment(PORTS, ports);
    all.putAll(environment);
    return new ServerProcess.Plan(
        arguments(overlays), all, URI.create("http://127.0.0.1:" + ports.get(4) + "/"));
  }

  /** {@code config.yaml} and the overlays, as the program wants them. */
  static List<String> arguments(String... overlays) {
    Path folder = Program.root().resolve("otel/collector");
    List<String> arguments =
        new ArrayList<>(List.of("--config", folder.resolve("config.yaml").toString()));
    for (String overlay : overlays) {
      arguments.addAll(List.of("--config", folder.resolve(overlay).toString()));
    }
    return arguments;
  }

  static Map<String, String> environment(List<String> names, List<Integer> ports) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      environment.put(names.get(i), ports.get(i).toString());
    }
    return environment;
  }

  /** Where OTLP over gRPC goes, as {@code OTEL_EXPORTER_OTLP_ENDPOINT} wants it. */
  public URI otlpGrpc() {
    return URI.create("http://127.0.0.1:" + ports.get(0));
  }

  /** Where OTLP over HTTP goes, as {@code OTEL_EXPORTER_OTLP_ENDPOINT} wants it. */
  public URI otlpHttp() {
    return URI.create("http://127.0.0.1:" + ports.get(1));
  }

  /** What it tells of the spans, in Prometheus' text: calls and durations by service and span. */
  public String spanMetrics() {
    return new HttpJson(URI.create("http://127.0.0.1:" + ports.get(2))).text("/metrics");
  }

  /** Where Prometheus finds the span metrics, {@code host:port}. */
  public String spanMetricsTarget() {
    return "127.0.0.1:" + ports.get(2);
  }

  /** What it tells of itself, in Prometheus' text. */
  public String selfMetrics() {
    return new HttpJson(URI.create("http://" + selfTarget())).text("/metrics");
  }

  /** Where Prometheus finds what it tells of itself, {@code host:port}. */
  public String selfTarget() {
    return "127.0.0.1:" + ports.get(3);
  }

  /** The end of its log. */
  public String log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
  }
}
