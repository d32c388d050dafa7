// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A real MLflow tracking server on loopback, with SQLite and a folder of artifacts that it serves,
 * and who registers models there as its Python client does: a logged model, its files, a version.
 */
final class MlflowStore implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration ASK_MAX = Duration.ofSeconds(30);

  private final StoreProcess process;
  private final URI server;
  private final HttpClient http = HttpClient.newHttpClient();

  MlflowStore(Path program, Path folder) throws IOException {
    int port = StoreProcess.freePort();
    server = URI.create("http://127.0.0.1:" + port);
    var command =
        List.of(
            program.toString(),
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--workers",
            "1",
            "--backend-store-uri",
            "sqlite:///" + folder.resolve("mlflow.db"),
            "--artifacts-destination",
            Files.createDirectories(folder.resolve("artifacts")).toString(),
            "--serve-artifacts");
    var environment =
        Map.of(
            "MLFLOW_DISABLE_TELEMETRY",
            "true",
            "DO_NOT_TRACK",
            "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION",
            "false");
    process = new StoreProcess(command, environment, folder, server.resolve("/health"));
  }

  void start() throws IOException, InterruptedException {
    process.start();
  }

  void kill() {
    process.kill();
  }

  /** What a user has in the environment who may read it. */
  Map<String, String> environment() {
    return Map.of("MLFLOW_TRACKING_URI", server.toString());
  }

  void createModel(String name) throws IOException, InterruptedException {
    post("registered-models/create", Map.of("name", name));
  }

  /**
   * Registers a version with these files.
   *
   * @return its number
   */
  String register(String name, Map<String, byte[]> files) throws IOException, InterruptedException {
    var logged =
        post("logged-models", Map.of("experiment_id", "0", "name", name)).at("/model/info");
    String id = logged.path("model_id").asText();
    String artifacts = URI.create(logged.path("artifact_uri").asText()).getPath();
    for (var file : files.entrySet()) {
      send(
          "PUT",
          "/api/2.0/mlflow-artifacts/artifacts" + artifacts + "/" + file.getKey(),
          file.getValue());
    }
    return post(
            "model-versions/create",
            Map.of("name", name, "source", "models:/" + id, "model_id", id))
        .at("/model_version/version")
        .asText();
  }

  void setAlias(String name, String alias, String version)
      throws IOException, InterruptedException {
    post("registered-models/alias", Map.of("name", name, "alias", alias, "version", version));
  }

  private JsonNode post(String method, Map<String, String> fields)
      throws IOException, InterruptedException {
    return JSON.readTree(send("POST", "/api/2.0/mlflow/" + method, JSON.writeValueAsBytes(fields)));
  }

  private String send(String method, String path, byte[] body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(ASK_MAX)
            .header(
                "content-type",
                method.equals("POST") ? "application/json" : "application/octet-stream")
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Override
  public void close() {
    process.close();
  }
}
