// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.chassis.StartException;
import icecube.otel.Meters;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Models in a bucket of a server that answers as S3 does. */
final class S3BucketTest {
  private static final String LIST = "/models?list-type=2&prefix=live%2F";
  private CannedHttp server;

  @BeforeEach
  void start() throws IOException {
    server = new CannedHttp();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void versionsAreListedOverSeveralPages() throws IOException {
    server.put(
        LIST,
        page("a b+/", object("live/echo/1/model.onnx", "e1"), object("live/echo/1/notes", "x")));
    server.put(
        "/models?continuation-token=a%20b%2B%2F&list-type=2&prefix=live%2F",
        page(
            "",
            object("live/echo/1/model.yaml", "e2"),
            object("live/echo/labels.yaml", "e3"),
            object("live/.hidden/1/model.onnx", "e4"),
            object("live/other/7/model.onnx", "e5")));

    assertThat(bucket().list())
        .containsExactly(
            new ModelOffer("echo", "1", "s3://models/live/echo/1", "e1e2", false),
            new ModelOffer("other", "7", "s3://models/live/other/7", "e5", false));
    assertThat(server.authorizations).allMatch(each -> each.startsWith("AWS4-HMAC-SHA256 "));
  }

  @Test
  void aModelIsServedFromABucketAndFollowsItsChanges() throws Exception {
    byte[] graph = OnnxModelTest.echo();
    server.put(LIST, page("", object("live/echo/1/model.onnx", "e1")));
    server.put("/models/live/echo/1/model.onnx", graph);
    try (var repository =
        ModelRepository.open(
            List.of(bucket()),
            "echo",
            new ModelLoader(1, Device.CPU),
            new ModelRepositoryMetrics(Meters.none()))) {
      var first = repository.find("", "");
      repository.load("echo").get(20, TimeUnit.SECONDS);
      assertThat(repository.find("", "")).isSameAs(first);

      server.put(LIST, page("", object("live/echo/1/model.onnx", "e2")));
      repository.load("echo").get(20, TimeUnit.SECONDS);
      assertThat(repository.find("", "")).isNotSameAs(first);
      assertThat(first.isClosed()).isTrue();
    }
  }

  @Test
  void aRefusalIsToldWithItsCodeAndNothingElseThatTheServerSaid() {
    server.put(
        LIST,
        403,
        "<Error><Code>InvalidAccessKeyId</Code><AWSAccessKeyId>AKIA7</AWSAccessKeyId></Error>");

    assertThatThrownBy(() -> bucket().list())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("list of s3://models/live at " + server.uri() + ": status 403, ")
        .hasMessageContaining("InvalidAccessKeyId (expected: status 200)")
        .hasMessageNotContaining("AKIA7")
        .hasMessageContaining("AWS_ACCESS_KEY_ID");
    assertThatThrownBy(
            () ->
                ModelRepository.open(
                    List.of(bucket()),
                    "line-fit",
                    new ModelLoader(1, Device.CPU),
                    new ModelRepositoryMetrics(Meters.none())))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("models: list of s3://models/live");
  }

  @Test
  void whatIsNoListIsSaid() {
    for (String body :
        List.of("", "<html>", "<html></html>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")) {
      server.put(LIST, 200, body);

      assertThatThrownBy(() -> bucket().list())
          .isInstanceOf(IOException.class)
          .hasMessage(
              "list: not what S3 answers (expected: a ListBucketResult); is this an S3 server?");
    }
  }

  @Test
  void aListWithoutEndIsGivenUp() {
    server.put(LIST, page("again"));
    server.put("/models?continuation-token=again&list-type=2&prefix=live%2F", page("again"));

    assertThatThrownBy(() -> bucket().list())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("list of s3://models/live at " + server.uri())
        .hasMessageContaining("more than 100 pages");
    assertThat(server.authorizations).hasSize(S3Bucket.PAGES_MAX);
  }

  @Test
  void objectsThatWereNotAskedForArePassedOver() throws IOException {
    server.put(
        LIST,
        page(
            "",
            object("x", "e1"),
            object("dead/echo/1/model.onnx", "e2"),
            object("live/echo/2/model.onnx", "e3")));

    assertThat(bucket().list()).extracting(ModelOffer::label).containsExactly("echo/2");
  }

  @Test
  void moreObjectsThanTheLimitAreRefused() {
    var objects = new String[S3Bucket.OBJECTS_MAX + 1];
    for (int index = 0; index < objects.length; index++) {
      objects[index] = object("live/" + index, "e");
    }
    server.put(LIST, 200, new String(page("", objects), StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> bucket().list())
        .isInstanceOf(PredictorException.class)
        .hasMessageContaining("more than 10000 objects");
  }

  @Test
  void filesThatAreNotThereAreEmptyAndTooLargeOnesRefused() throws IOException {
    var offer = new ModelOffer("echo", "1", "", "", false);
    server.put("/models/live/echo/1/model.yaml", new byte[11]);

    assertThat(bucket().labels("echo")).isEmpty();
    assertThat(bucket().read(offer, "model.onnx", 10)).isEmpty();
    assertThatThrownBy(() -> bucket().read(offer, "model.yaml", 10))
        .isInstanceOf(PredictorException.class)
        .hasMessage("model.yaml: 11 bytes (expected: at most 10)");
  }

  @Test
  void settingsComeFromTheUsualVariablesAndAreChecked() {
    var settings =
        S3Settings.from(
            Map.of(
                "AWS_REGION", "eu-central-1",
                "AWS_ACCESS_KEY_ID", "key",
                "AWS_SECRET_ACCESS_KEY", "hidden"));
    assertThat(settings.endpoint()).hasToString("https://s3.eu-central-1.amazonaws.com");
    assertThat(settings.toString()).doesNotContain("hidden");
    assertThatThrownBy(() -> S3Settings.from(Map.of("AWS_ENDPOINT_URL", "ftp://h")))
        .hasMessageStartingWith("AWS_ENDPOINT_URL: ftp://h (expected: http(s)://");
    assertThatThrownBy(() -> S3Settings.from(Map.of("AWS_ENDPOINT_URL", "http:opaque")))
        .hasMessageStartingWith("AWS_ENDPOINT_URL: http:opaque (expected: http(s)://");
    assertThatThrownBy(() -> S3Settings.from(Map.of("AWS_ENDPOINT_URL", "http://h/path")))
        .hasMessageContaining("without a path");
    assertThatThrownBy(() -> S3Settings.from(Map.of("AWS_ACCESS_KEY_ID", "key")))
        .hasMessageContaining("one of them alone");
    assertThatThrownBy(() -> ModelOrigin.parse("s3://UP", Map.of()))
        .hasMessageStartingWith("bucket: UP (expected: ");
    assertThat(ModelOrigin.parse("s3://models/a/b/", Map.of())).hasToString("s3://models/a/b");
    assertThat(ModelOrigin.parse("some/folder", Map.of())).isInstanceOf(ModelOrigin.Folder.class);
  }

  @Test
  void anEndpointThatMayHoldAPasswordIsRefusedAndNotRepeated() {
    var address = URI.create("https://user:hidden@h");

    assertThatThrownBy(() -> new S3Settings(address, "us-east-1", "", "", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("AWS_ENDPOINT_URL: not shown, ")
        .hasMessageNotContaining("hidden");
    for (String variable : List.of("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")) {
      assertThatThrownBy(() -> S3Settings.from(Map.of(variable, "http://user:hidden @h")))
          .hasMessageStartingWith("AWS_ENDPOINT_URL: not shown, ")
          .hasMessageNotContaining("hidden")
          .hasNoCause();
    }
  }

  private S3Bucket bucket() {
    return new S3Bucket(
        new S3Settings(server.uri(), "us-east-1", "key", "secret", ""), "models", "live");
  }

  private static String object(String key, String etag) {
    return "<Contents><Key>%s</Key><ETag>%s</ETag><Size>1</Size></Contents>".formatted(key, etag);
  }

  private static byte[] page(String nextToken, String... objects) {
    return ("<?xml version=\"1.0\"?><ListBucketResult><Prefix>live/</Prefix>"
            + String.join("", objects)
            + (nextToken.isEmpty()
                ? ""
                : "<NextContinuationToken>" + nextToken + "</NextContinuationToken>")
            + "</ListBucketResult>")
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
