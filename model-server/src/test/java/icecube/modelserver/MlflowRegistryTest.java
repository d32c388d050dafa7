// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.otel.Meters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A model of a server that answers as an MLflow registry does. */
final class MlflowRegistryTest {
  private static final String API = "/api/2.0/mlflow/";
  private static final String ALIAS = API + "registered-models/alias?name=echo&alias=champion";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/1/models/m-";
  private CannedHttp server;

  @BeforeEach
  void start() throws IOException {
    server = new CannedHttp();
    register("3");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theVersionThatTheAliasStandsOnIsServedUntilItMoves() throws Exception {
    try (var repository =
        ModelRepository.open(
            List.of(registry("models:/echo@champion")),
            "echo",
            new ModelLoader(1, Device.CPU),
            new ModelRepositoryMetrics(Meters.none()))) {
      assertThat(repository.find("", "").card().version()).isEqualTo("3");

      register("4");
      repository.load("echo").get(20, TimeUnit.SECONDS);

      assertThat(repository.cards())
          .extracting(ModelCard::label)
          .containsExactly("echo/4", "line-fit/1", "pandel/1");
      assertThat(server.authorizations).containsOnly("Bearer t0ken");
    }
  }

  @Test
  void anAliasThatMovesToABrokenVersionTakesNothingAway() throws Exception {
    try (var repository =
        ModelRepository.open(
            List.of(registry("models:/echo@champion")),
            "line-fit",
            new ModelLoader(1, Device.CPU),
            new ModelRepositoryMetrics(Meters.none()))) {
      register("4");
      server.put(ARTIFACTS + "4/artifacts/model.onnx", 200, "garbage");

      var load = repository.load("echo");

      assertThatThrownBy(() -> load.get(20, TimeUnit.SECONDS))
          .hasMessageContaining("model: echo/4 could not be loaded: ");
      assertThat(repository.acquire("echo", "").card().version()).isEqualTo("3");
    }
  }

  @Test
  void aVersionMayBeNamedByItsNumber() throws IOException {
    server.put(
        API + "model-versions/get?name=echo&version=3",
        200,
        "{\"model_version\": {\"name\": \"echo\", \"version\": \"3\"}}");

    assertThat(registry("models:/echo/3").list())
        .extracting(ModelOffer::label)
        .containsExactly("echo/3");
  }

  @Test
  void whatTheRegistryDoesNotHaveIsToldWithItsCodeAndNothingElseThatItSaid() {
    server.put(
        ALIAS, 404, "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"hidden\"}");

    assertThatThrownBy(() -> registry("models:/echo@champion").list())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("models:/echo@champion at " + server.uri() + ": status 404, ")
        .hasMessageContaining("RESOURCE_DOES_NOT_EXIST (expected: status 200)")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void whatIsNoRegistryIsSaidWithoutItsWords() {
    server.put(ALIAS, 200, "hidden");

    assertThatThrownBy(() -> registry("models:/echo@champion").list())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is this an MLflow server?")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void aLongErrorPageInThePlaceOfTheManifestIsNone() throws IOException {
    server.put(ARTIFACTS + "3/artifacts/model.yaml", 404, "x".repeat(70_000));
    var registry = registry("models:/echo@champion");

    assertThat(registry.read(registry.list().get(0), "model.yaml", 10)).isEmpty();
  }

  @Test
  void artifactsAtNoPlaceAreRefusedWithTheirLocation() {
    for (String location : List.of("s3:///x", "s3://UP/x", "mlflow-artifacts:/a b")) {
      var offer = new ModelOffer("echo", "3", location, "", true);

      assertThatThrownBy(() -> registry("models:/echo@champion").read(offer, "model.onnx", 10))
          .isInstanceOf(PredictorException.class)
          .hasMessageStartingWith(
              "models:/echo@champion: artifacts at '" + location + "' (expected: a URI");
    }
  }

  @Test
  void whoMayReadTheArtifactsIsNotPartOfTheirLocation() throws IOException {
    server.put(
        API + "model-versions/get-download-uri?name=echo&version=3",
        200,
        "{\"artifact_uri\": \"mlflow-artifacts://user:hidden@host/1\"}");

    assertThat(registry("models:/echo@champion").list())
        .extracting(ModelOffer::location)
        .containsExactly("mlflow-artifacts://host/1");
  }

  @Test
  void artifactsInS3AreReadByTheOneClientOfTheRegistry() throws IOException {
    // The one client is known by its timeout: this server takes connections and never answers.
    try (var silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      var endpoint = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      var registry =
          new MlflowRegistry(
              new MlflowSettings(server.uri(), ""),
              new S3Settings(endpoint, "us-east-1", "", "", ""),
              "models:/echo@champion",
              new HttpFiles(Duration.ofMillis(300)));
      var offer = new ModelOffer("echo", "3", "s3://models/echo", "", true);

      assertThatThrownBy(() -> registry.read(offer, "model.onnx", 10))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("not whole after PT0.3S");
    }
  }

  @Test
  void artifactsInS3AreFoundUnderTheirLocation() throws IOException {
    server.put("/models/1/m/model.yaml", 200, "text");
    var registry =
        new MlflowRegistry(
            new MlflowSettings(server.uri(), ""),
            new S3Settings(server.uri(), "us-east-1", "", "", ""),
            "models:/echo@champion");
    var offer = new ModelOffer("echo", "3", "s3://models/1/m", "", true);

    assertThat(registry.read(offer, "model.yaml", 10)).isPresent();
    assertThat(registry.read(offer, "model.onnx", 10)).isEmpty();
  }

  @Test
  void aVersionThatIsNotReadyAndArtifactsOfAnotherKindAreRefused() throws IOException {
    server.put(
        ALIAS,
        200,
        "{\"model_version\": {\"version\": \"3\", \"status\": \"PENDING_REGISTRATION\"}}");
    assertThatThrownBy(() -> registry("models:/echo@champion").list())
        .hasMessageContaining("version 3 is PENDING_REGISTRATION (expected: a number, READY)");

    var local = new ModelOffer("echo", "3", "file:///mlruns/1", "", true);
    assertThatThrownBy(() -> registry("models:/echo@champion").read(local, "model.onnx", 10))
        .isInstanceOf(PredictorException.class)
        .hasMessageContaining("--serve-artifacts");
  }

  @Test
  void settingsComeFromTheUsualVariablesAndAreChecked() {
    var basic =
        MlflowSettings.from(
            Map.of(
                "MLFLOW_TRACKING_URI", "https://mlflow.example",
                "MLFLOW_TRACKING_USERNAME", "Aladdin",
                "MLFLOW_TRACKING_PASSWORD", "open sesame"));
    assertThat(basic.authorization()).isEqualTo("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assertThat(basic.toString()).doesNotContain("QWxh");
    assertThatThrownBy(() -> ModelOrigin.parse("models:/echo@a", Map.of()))
        .hasMessage("MLFLOW_TRACKING_URI:  (expected: http(s)://HOST[:PORT])");
    for (String wrong : List.of("models:/echo", "models:/a/b@c", "models:/@c", "models:echo@c")) {
      assertThatThrownBy(
              () ->
                  ModelOrigin.parse(wrong, Map.of("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")))
          .hasMessage(
              "models: " + wrong + " (expected: models:/NAME@ALIAS or models:/NAME/VERSION)");
    }
  }

  @Test
  void anAddressThatMayHoldAPasswordIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> new MlflowSettings(URI.create("http://user:hidden@h"), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("MLFLOW_TRACKING_URI: not shown, ")
        .hasMessageNotContaining("hidden");
    for (String address :
        List.of("http://user:hid/den@h", "http://user:hid den@h", "ftp://user:hid@h", "hid@h")) {
      assertThatThrownBy(() -> MlflowSettings.from(Map.of("MLFLOW_TRACKING_URI", address)))
          .hasMessageStartingWith("MLFLOW_TRACKING_URI: not shown, ")
          .hasMessageNotContaining("hid")
          .hasNoCause();
    }
  }

  private MlflowRegistry registry(String reference) {
    return new MlflowRegistry(
        new MlflowSettings(server.uri(), "Bearer t0ken"), S3Settings.from(Map.of()), reference);
  }

  /** Has the alias stand on {@code version}, whose artifact is the echo. */
  private void register(String version) throws IOException {
    server.put(
        ALIAS,
        200,
        "{\"model_version\": {\"name\": \"echo\", \"version\": \"%s\", \"status\": \"READY\"}}"
            .formatted(version));
    server.put(
        API + "model-versions/get-download-uri?name=echo&version=" + version,
        200,
        "{\"artifact_uri\": \"mlflow-artifacts:/1/models/m-%s/artifacts\"}".formatted(version));
    server.put(ARTIFACTS + version + "/artifacts/model.onnx", OnnxModelTest.echo());
  }
}
