// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A real Jaeger on loopback, with {@code otel/jaeger/config.yaml}: OTLP in, its query interface
 * out. Confined to one thread.
 */
public final class JaegerServer implements AutoCloseable {
  /** What {@code deploy/tools.sh} installs it as. */
  public static final String NAME = "jaeger";

  private static final List<String> PORTS =
      List.of(
          "JAEGER_OTLP_GRPC_PORT",
          "JAEGER_OTLP_HTTP_PORT",
          "JAEGER_QUERY_PORT",
          "JAEGER_QUERY_GRPC_PORT",
          "JAEGER_HEALTH_PORT");

  private final ServerProcess process;
  private final List<Integer> ports;
  private final HttpJson query;

  private JaegerServer(ServerProcess.Started started) {
    this.process = started.server();
    this.ports = started.ports();
    this.query = new HttpJson(URI.create("http://127.0.0.1:" + ports.get(2)));
  }

  /** Starts it and waits until it answers; its log goes into {@code folder}. */
  public static JaegerServer start(Program program, Path folder) {
    return new JaegerServer(ServerProcess.start(program, folder, PORTS.size(), JaegerServer::plan));
  }

  private static ServerProcess.Plan plan(List<Integer> ports) {
    return new ServerProcess.Plan(
        List.of("--config", Program.root().resolve("otel/jaeger/config.yaml").toString()),
        CollectorServer.environment(PORTS, ports),
        URI.create("http://127.0.0.1:" + ports.get(2) + "/api/services"));
  }

  /** Where OTLP over gRPC goes, {@code host:port}. */
  public String otlpGrpc() {
    return "127.0.0.1:" + ports.get(0);
  }

  /** Where OTLP over HTTP goes, as {@code OTEL_EXPORTER_OTLP_ENDPOINT} wants it. */
  public URI otlpHttp() {
    return URI.create("http://127.0.0.1:" + ports.get(1));
  }

  /** The names of the services that sent spans. */
  public List<String> services() {
    JsonNode names = query.get("/api/services").path("data");
    return StreamSupport.stream(names.spliterator(), false).map(JsonNode::asText).toList();
  }

  /**
   * The newest traces of a service, at most {@code limit}: Jaeger's own JSON, {@code
   * data[i].spans}.
   */
  public JsonNode traces(String service, int limit) {
    return query
        .get("/api/traces?limit=" + limit + "&lookback=1h&service=" + HttpJson.encode(service))
        .path("data");
  }

  /** One trace by its id in hexadecimal: {@code spans}, {@code processes}. */
  public JsonNode trace(String traceId) {
    return query.get("/api/traces/" + HttpJson.encode(traceId)).path("data").path(0);
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
