// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A real Prometheus on loopback, with a configuration of the test's own. Confined to one thread.
 */
public final class PrometheusServer implements AutoCloseable {
  /** What {@code deploy/tools.sh} installs it as. */
  public static final String NAME = "prometheus";

  private final ServerProcess process;
  private final HttpJson api;

  private PrometheusServer(ServerProcess.Started started) {
    this.process = started.server();
    this.api = new HttpJson(URI.create("http://127.0.0.1:" + started.ports().get(0)));
  }

  /**
   * Starts it and waits until it is ready; data and log go into {@code folder}.
   *
   * @param configuration its {@code prometheus.yml}
   */
  public static PrometheusServer start(Program program, Path folder, Path configuration) {
    return new PrometheusServer(
        ServerProcess.start(program, folder, 1, ports -> plan(ports, folder, configuration)));
  }

  private static ServerProcess.Plan plan(List<Integer> ports, Path folder, Path configuration) {
    String address = "127.0.0.1:" + ports.get(0);
    return new ServerProcess.Plan(
        List.of(
            "--config.file=" + configuration.toAbsolutePath(),
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=" + address,
            "--enable-feature=exemplar-storage"),
        Map.of(),
        URI.create("http://" + address + "/-/ready"));
  }

  /**
   * The result of a query at this moment: one element a series, {@code metric} and {@code value}.
   */
  public JsonNode query(String promql) {
    return api.get("/api/v1/query?query=" + HttpJson.encode(promql)).path("data").path("result");
  }

  /** The exemplars of a query of the last hour: {@code exemplars[i].labels.trace_id}. */
  public JsonNode exemplars(String promql) {
    long nowSeconds = System.currentTimeMillis() / 1000;
    return api.get(
            "/api/v1/query_exemplars?query="
                + HttpJson.encode(promql)
                + "&start="
                + (nowSeconds - 3600)
                + "&end="
                + (nowSeconds + 1))
        .path("data");
  }

  /** What it scrapes: {@code health}, {@code labels}, {@code lastError}. */
  public JsonNode targets() {
    return api.get("/api/v1/targets?state=active").path("data").path("activeTargets");
  }

  /** The alerts that are pending or firing: {@code labels.alertname}, {@code state}. */
  public JsonNode alerts() {
    return api.get("/api/v1/alerts").path("data").path("alerts");
  }

  /** The groups of rules as loaded, with the health of each. */
  public JsonNode ruleGroups() {
    return api.get("/api/v1/rules").path("data").path("groups");
  }

  /** The names of all metrics it has. */
  public JsonNode metricNames() {
    return api.get("/api/v1/label/__name__/values").path("data");
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
