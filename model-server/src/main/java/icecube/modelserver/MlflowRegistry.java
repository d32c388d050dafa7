// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import icecube.modelserver.HttpFiles.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One model of an MLflow registry, {@code models:/<name>@<alias>} or {@code
 * models:/<name>/<version>}.
 *
 * <p>Its artifacts hold {@code model.onnx} and may hold {@code model.yaml} beside it, at an MLflow
 * server that serves artifacts or in S3. The registry numbers versions, so the manifest's own is
 * not compared. When the alias moves, the version it moves to is loaded in the place of the other.
 */
final class MlflowRegistry implements ModelSource {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int REPLY_BYTES_MAX = 1 << 20;
  private static final Duration FILE_MAX = Duration.ofMinutes(5);
  private static final Pattern CODE = Pattern.compile("\"error_code\"\\s*:\\s*\"(\\w{1,64})\"");
  private static final Pattern REFERENCE =
      Pattern.compile("models:/(?<name>[^/@]+)(?:@(?<alias>[^/@]+)|/(?<version>[0-9]+))");

  private final MlflowSettings settings;
  private final S3Settings s3;
  private final String reference;
  private final Matcher parts;
  private final HttpFiles http;

  /**
   * @param reference as above
   * @param s3 asked if the registry keeps its artifacts there
   */
  MlflowRegistry(MlflowSettings settings, S3Settings s3, String reference) {
    this(settings, s3, reference, new HttpFiles(FILE_MAX));
  }

  /**
   * @param http reads everything, from the registry and from S3
   */
  MlflowRegistry(MlflowSettings settings, S3Settings s3, String reference, HttpFiles http) {
    this.settings = settings;
    this.s3 = s3;
    this.reference = reference;
    this.parts = partsOf(reference);
    this.http = http;
  }

  /**
   * The name, and the alias or the version, that {@code reference} consists of.
   *
   * @throws IllegalArgumentException if it is no reference to a model
   */
  static Matcher partsOf(String reference) {
    var parts = REFERENCE.matcher(reference);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "models: " + reference + " (expected: models:/NAME@ALIAS or models:/NAME/VERSION)");
    }
    return parts;
  }

  @Override
  public List<ModelOffer> list() throws IOException {
    String name = parts.group("name");
    String alias = parts.group("alias");
    var found =
        alias != null
            ? ask("registered-models/alias", "name", name, "alias", alias)
            : ask("model-versions/get", "name", name, "version", parts.group("version"));
    var version = found.path("model_version");
    String number = version.path("version").asText();
    String status = version.path("status").asText("READY");
    if (number.isEmpty() || !status.equals("READY")) {
      throw new IOException(
          "%s at %s: version %s is %s (expected: a number, READY); wait, or register it again"
              .formatted(reference, settings.server(), number, status));
    }
    String artifacts =
        ask("model-versions/get-download-uri", "name", name, "version", number)
            .path("artifact_uri")
            .asText()
            .replaceFirst("//[^/]*@", "//"); // locations are told in messages, and nobody logs in
    String stamp = number + " " + artifacts;
    return List.of(new ModelOffer(name, number, artifacts, stamp, true));
  }

  private JsonNode ask(String method, String... fields) throws IOException {
    var query = new StringBuilder();
    for (int index = 0; index < fields.length; index += 2) {
      query.append(index == 0 ? '?' : '&').append(fields[index]).append('=');
      query.append(URLEncoder.encode(fields[index + 1], UTF_8).replace("+", "%20"));
    }
    var answer = get("/api/2.0/mlflow/" + method + query, reference, REPLY_BYTES_MAX);
    if (!answer.isOk()) {
      throw refused(reference, answer);
    }
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      // Without its message, which repeats what the server wrote.
      throw new IOException(
          "%s at %s: not what MLflow answers (expected: JSON); is this an MLflow server?"
              .formatted(reference, settings.server()),
          e);
    }
  }

  @Override
  public Optional<byte[]> read(ModelOffer offer, String file, long bytesMax) throws IOException {
    var artifacts = artifactsOf(offer);
    String path = artifacts.getRawPath() == null ? "" : artifacts.getRawPath();
    String within = path.replaceFirst("^/+", "").replaceFirst("/+$", "") + "/" + file;
    return switch (String.valueOf(artifacts.getScheme())) {
      case "mlflow-artifacts" -> artifact(within, file, bytesMax);
      case "s3" ->
          new S3Bucket(s3, artifacts.getAuthority(), "", InstantSource.system(), http)
              .object(within, bytesMax);
      default ->
          throw new PredictorException(
              "%s: artifacts at %s (expected: mlflow-artifacts: or s3:); start the MLflow server with --serve-artifacts"
                  .formatted(reference, artifacts));
    };
  }

  private URI artifactsOf(ModelOffer offer) {
    try {
      var artifacts = new URI(offer.location());
      if ("s3".equals(artifacts.getScheme())) {
        S3Bucket.requireBucket(Objects.requireNonNullElse(artifacts.getAuthority(), ""));
      }
      return artifacts;
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new PredictorException(
          "%s: artifacts at '%s' (expected: a URI as mlflow-artifacts:/PATH or s3://BUCKET/PATH, without spaces); log the model to such a place"
              .formatted(reference, offer.location()),
          e);
    }
  }

  private Optional<byte[]> artifact(String within, String file, long bytesMax) throws IOException {
    var answer = get("/api/2.0/mlflow-artifacts/artifacts/" + within, file, bytesMax);
    if (answer.isMissing()) {
      return Optional.empty();
    }
    if (!answer.isOk()) {
      throw refused(within, answer);
    }
    return Optional.of(answer.body());
  }

  private Answer get(String path, String what, long bytesMax) throws IOException {
    String server = settings.server().toString().replaceFirst("/+$", "");
    Map<String, String> headers =
        settings.authorization().isEmpty()
            ? Map.of()
            : Map.of("authorization", settings.authorization());
    return http.get(URI.create(server + path), headers, what, bytesMax);
  }

  private IOException refused(String what, Answer answer) {
    return new IOException(
        "%s at %s: %s (expected: status 200); look at MLFLOW_TRACKING_URI, the name, the alias and who may read it"
            .formatted(what, settings.server(), answer.problem(CODE)));
  }

  /** A registry has no labels: its alias says which version answers. */
  @Override
  public Optional<byte[]> labels(String name) {
    return Optional.empty();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return reference;
  }
}
