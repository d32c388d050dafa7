// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models served from a real S3 server, which verifies every signature. Enabled class by class
 * ({@code -Dicecube.stores=true}, as starting servers takes more time than a test may): the
 * condition is not inherited.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class S3StoreContract {
  @TempDir private Path models;
  private @Nullable S3Store started;
  private String bucket = "";
  private int bucketCount;

  /** A server that is not started; skips the test if its program is missing. */
  abstract S3Store store(Path folder) throws IOException;

  @BeforeAll
  void choose(@TempDir Path folder) throws IOException {
    started = store(folder);
  }

  @AfterAll
  void stop() {
    if (started != null) {
      started.close();
    }
  }

  /** Of each test its own; once it takes an object, the server is ready behind its gateway, too. */
  @BeforeEach
  void createBucket() throws Exception {
    store().start();
    bucketCount++;
    bucket = "models-" + bucketCount;
    Waiting.until(
        StoreProcess.START_MAX,
        "a bucket can be made",
        () -> isDone(() -> writer().createBucket(bucket)));
    awaitWritable();
  }

  @Test
  void aModelIsServedFollowedAndServedOnWhileTheServerIsAway() throws Exception {
    putEcho("1", false);
    try (var served = new ServedModels("s3://" + bucket + "/live", store().environment())) {
      assertThat(served.versionThatAnswers("echo")).isEqualTo("1");

      putEcho("2", false);
      served.awaitVersion("echo", "2");

      putEcho("3", true);
      served.awaitTrouble("echo", "3", "sha256 of model.onnx: ");
      assertThat(served.versionThatAnswers("echo")).isEqualTo("2");
      writer().putObject(bucket + "/live/echo/2/model.onnx", flipped(OnnxModelTest.echo()));
      served.awaitTrouble("echo", "2", "sha256 of model.onnx: ");
      assertThat(served.versionThatAnswers("echo")).isEqualTo("2");

      store().kill();
      served.awaitFailedReads(3, "echo", "2");

      store().start();
      awaitWritable();
      putEcho("4", false);
      served.awaitVersion("echo", "4");
    }
  }

  @Test
  void whoMayNotReadIsToldSoWithoutSecrets() {
    String wrong = "wr0ng-" + S3Store.SECRET_KEY;
    assertRefused("s3://" + bucket + "/live", S3Store.ACCESS_KEY, wrong, "SignatureDoesNotMatch");
    assertRefused("s3://" + bucket + "/live", "nobody-here", wrong, "InvalidAccessKeyId");
    assertRefused("s3://" + bucket + "/live", "", "", "AccessDenied");
    assertRefused("s3://no-such-bucket", S3Store.ACCESS_KEY, S3Store.SECRET_KEY, "NoSuchBucket");
  }

  @Test
  void aClockThatIsWrongIsTold() {
    var settings = S3Settings.from(store().environment());
    var anHourAhead = InstantSource.offset(InstantSource.system(), Duration.ofHours(1));
    var http = new HttpFiles(Duration.ofSeconds(20));

    assertThatThrownBy(() -> new S3Bucket(settings, bucket, "live", anHourAhead, http).list())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("status 403, RequestTimeTooSkewed (expected: status 200)");
  }

  @Test
  void aPrefixOfAnyCharactersIsSignedAsTheServerReadsIt() throws Exception {
    String prefix = "a b+c&d=e/~f'(g)*/\u00fc\u20ac%2F";
    Graphs.writeEcho(models, "echo", "1", "first");
    writer().putModel(bucket + "/" + prefix, models, "echo/1");
    var source = new S3Bucket(S3Settings.from(store().environment()), bucket, prefix);

    var offers = source.list();

    assertThat(offers).extracting(ModelOffer::label).containsExactly("echo/1");
    assertThat(source.read(offers.get(0), ModelSource.GRAPH, 1 << 20))
        .hasValueSatisfying(
            graph ->
                assertThat(graph)
                    .isEqualTo(readAll(models.resolve("echo/1").resolve(ModelSource.GRAPH))));
    assertThat(source.labels("echo")).isEmpty();
  }

  @Test
  void aListOfMoreThanAPageIsReadToItsEnd() throws Exception {
    for (int note = 0; note < 1_100; note++) {
      writer().putObject(bucket + "/live/echo/1/notes+%04d".formatted(note), new byte[] {1});
    }
    putEcho("2", false);
    var source = new S3Bucket(S3Settings.from(store().environment()), bucket, "live");

    assertThat(source.list()).extracting(ModelOffer::label).containsExactly("echo/2");
  }

  @Test
  void anObjectChangesItsStampOnlyWithItsBytes() throws Exception {
    putEcho("1", false);
    var source = new S3Bucket(S3Settings.from(store().environment()), bucket, "live");
    var before = source.list().get(0).stamp();
    putEcho("1", false);
    assertThat(source.list().get(0).stamp()).isEqualTo(before);

    putEcho("1", true);

    assertThat(source.list().get(0).stamp()).isNotEqualTo(before);
  }

  private void assertRefused(String origin, String accessKey, String secretKey, String code) {
    Map<String, String> environment = store().environment(accessKey, secretKey);

    assertThatThrownBy(() -> new ServedModels(origin, environment).close())
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("models: list of " + origin + " at http://127.0.0.1:")
        .hasMessageContaining(code + " (expected: status 200); look at AWS_ENDPOINT_URL")
        .satisfies(
            e ->
                assertThat(ofAll(e))
                    .noneMatch(text -> !secretKey.isEmpty() && text.contains(secretKey)));
  }

  /** The texts of a failure and of all its causes. */
  private static List<String> ofAll(Throwable failure) {
    var texts = new ArrayList<String>();
    for (Throwable next = failure; next != null; next = next.getCause()) {
      texts.add(next.toString());
    }
    return texts;
  }

  /** Writes version after version of the echo; a broken one has one byte flipped. */
  private void putEcho(String version, boolean isBroken) throws Exception {
    Graphs.writeEcho(models, "echo", version, "revision " + version);
    if (isBroken) {
      var graph = models.resolve("echo").resolve(version).resolve(ModelSource.GRAPH);
      Files.write(graph, flipped(Files.readAllBytes(graph)));
    }
    writer().putModel(bucket + "/live", models, "echo/" + version);
  }

  private static byte[] flipped(byte[] graph) {
    graph[graph.length / 2] ^= 1;
    return graph;
  }

  private static byte[] readAll(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(file + ": not readable", e);
    }
  }

  private void awaitWritable() {
    Waiting.until(
        "it takes what is written",
        () -> isDone(() -> writer().putObject(bucket + "/probe", new byte[] {1})));
  }

  private interface Writing {
    void run() throws IOException, InterruptedException;
  }

  private static boolean isDone(Writing writing) {
    try {
      writing.run();
      return true;
    } catch (IOException | AssertionError e) {
      return false; // Not yet.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private S3Writer writer() {
    return store().writer();
  }

  private S3Store store() {
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }
}
