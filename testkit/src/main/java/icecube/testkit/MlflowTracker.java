// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A real MLflow tracking server on loopback, with SQLite. Confined to one thread. */
public final class MlflowTracker implements AutoCloseable {
  /** What {@code deploy/tools.sh} installs it as. */
  public static final String NAME = "mlflow";

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "MLFLOW_DISABLE_TELEMETRY",
          "true",
          "DO_NOT_TRACK",
          "true",
          "MLFLOW_SERVER_ENABLE_JOB_EXECUTION",
          "false");

  private final ServerProcess process;
  private final URI uri;

  private MlflowTracker(ServerProcess.Started started) {
    this.process = started.server();
    this.uri = URI.create("http://127.0.0.1:" + started.ports().get(0));
  }

  /** Starts it and waits until it answers; {@code folder} keeps what it is told, and its log. */
  public static MlflowTracker start(Program program, Path folder) {
    return new MlflowTracker(
        ServerProcess.start(program, folder, 1, ports -> plan(folder, ports.get(0))));
  }

  private static ServerProcess.Plan plan(Path folder, int port) {
    List<String> arguments =
        List.of(
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--workers",
            "1",
            "--backend-store-uri",
            "sqlite:///" + folder.resolve("mlflow.db"));
    return new ServerProcess.Plan(
        arguments, ENVIRONMENT, URI.create("http://127.0.0.1:" + port + "/health"));
  }

  /** Where it answers. */
  public URI uri() {
    return uri;
  }

  @Override
  public void close() {
    process.close();
  }
}
