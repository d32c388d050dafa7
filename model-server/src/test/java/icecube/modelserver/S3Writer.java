// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;

/** Who fills a bucket: PUT requests, signed by themselves and not by what is tested. */
final class S3Writer {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Duration PUT_MAX = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI endpoint;
  private final String accessKey;
  private final String secretKey;

  S3Writer(URI endpoint, String accessKey, String secretKey) {
    this.endpoint = endpoint;
    this.accessKey = accessKey;
    this.secretKey = secretKey;
  }

  /** Makes a bucket, unless it is there from a time before whose answer was lost. */
  void createBucket(String bucket) throws IOException, InterruptedException {
    put("/" + bucket, new byte[0], 200, 409);
  }

  /**
   * Writes a model's folder under a prefix: the manifest first, as its checksum guards the rest.
   */
  void putModel(String bucketAndPrefix, Path models, String label)
      throws IOException, InterruptedException {
    for (String file : List.of(ModelSource.MANIFEST, ModelSource.GRAPH)) {
      putObject(
          bucketAndPrefix + "/" + label + "/" + file,
          Files.readAllBytes(models.resolve(label).resolve(file)));
    }
  }

  void putObject(String bucketAndKey, byte[] body) throws IOException, InterruptedException {
    var path = new StringBuilder();
    for (String part : bucketAndKey.split("/", -1)) {
      path.append('/');
      path.append(URLEncoder.encode(part, UTF_8).replace("+", "%20").replace("*", "%2A"));
    }
    put(path.toString().replace("%7E", "~"), body, 200);
  }

  private void put(String path, byte[] body, Integer... statuses)
      throws IOException, InterruptedException {
    String time = TIME.format(Instant.now());
    String signed = "host;x-amz-content-sha256;x-amz-date";
    String canonical =
        "PUT\n%s\n\nhost:%s\nx-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:%s\n\n%s\nUNSIGNED-PAYLOAD"
            .formatted(path, endpoint.getAuthority(), time, signed);
    String scope = time.substring(0, 8) + "/us-east-1/s3/aws4_request";
    String toSign =
        "AWS4-HMAC-SHA256\n%s\n%s\n%s"
            .formatted(time, scope, Graphs.sha256(canonical.getBytes(UTF_8)));
    byte[] key = ("AWS4" + secretKey).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = S3Signature.hmac(key, part);
    }
    String authorization =
        "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(
                accessKey, scope, signed, HexFormat.of().formatHex(S3Signature.hmac(key, toSign)));
    var request =
        HttpRequest.newBuilder(URI.create(endpoint + path))
            .timeout(PUT_MAX)
            .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
            .header("x-amz-date", time)
            .header("authorization", authorization)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as("PUT %s: %s", path, answer.body()).isIn((Object[]) statuses);
  }
}
