// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** The examples of the Amazon S3 API Reference. */
final class S3SignatureTest {
  private static final Instant THEN = Instant.parse("2013-05-24T00:00:00Z");
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

  @Test
  void anObjectIsSignedAsInTheReference() {
    var headers =
        signature("")
            .sign(
                URI.create("https://examplebucket.s3.amazonaws.com/test.txt"),
                Map.of("range", "bytes=0-9"),
                THEN);

    assertThat(headers.get("authorization"))
        .isEqualTo(
            "AWS4-HMAC-SHA256"
                + " Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    assertThat(headers).containsEntry("x-amz-date", "20130524T000000Z").doesNotContainKey("host");
  }

  @Test
  void aListIsSignedAsInTheReference() {
    var headers =
        signature("")
            .sign(
                URI.create("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J"),
                Map.of(),
                THEN);

    assertThat(headers.get("authorization"))
        .endsWith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  }

  @Test
  void theTokenOfTemporaryCredentialsIsSentAndSigned() {
    var headers = signature("t0ken").sign(URI.create("http://h:9000/bucket"), Map.of(), THEN);

    assertThat(headers).containsEntry("x-amz-security-token", "t0ken");
    assertThat(headers.get("authorization"))
        .contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,");
  }

  @Test
  void thePortThatTheSchemeImpliesIsNotSignedAsItIsNotSent() {
    assertThat(signed("https://minio:443/b")).isEqualTo(signed("https://minio/b"));
    assertThat(signed("http://minio:80/b")).isEqualTo(signed("http://minio/b"));
    assertThat(signed("http://minio:443/b")).isNotEqualTo(signed("http://minio/b"));
    assertThat(signed("https://minio:80/b")).isNotEqualTo(signed("https://minio/b"));
  }

  private static SortedMap<String, String> signed(String uri) {
    return signature("").sign(URI.create(uri), Map.of(), THEN);
  }

  private static S3Signature signature(String token) {
    return new S3Signature("AKIAIOSFODNN7EXAMPLE", SECRET, token, "us-east-1");
  }
}
