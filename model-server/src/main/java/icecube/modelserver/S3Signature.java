// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature (AWS Signature Version 4) of a GET without a body to an S3 server.
 *
 * <p>Follows "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API
 * Reference; a test holds it to the example there. The path and the query of the URI must be in the
 * canonical form already, which {@link S3Bucket} writes. Immutable and thread-safe.
 */
final class S3Signature {
  private static final String EMPTY_SHA_256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final String accessKey;
  private final String secretKey;
  private final String sessionToken;
  private final String region;

  /**
   * @param sessionToken of temporary credentials; empty for none
   */
  S3Signature(String accessKey, String secretKey, String sessionToken, String region) {
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.sessionToken = sessionToken;
    this.region = region;
  }

  /**
   * The headers that make a GET of {@code uri} a signed one; {@code host} is sent by the client.
   *
   * @param further headers that are sent and signed too, names in lower case
   */
  SortedMap<String, String> sign(URI uri, Map<String, String> further, Instant now) {
    String time = TIME.format(now);
    var headers = new TreeMap<>(further);
    headers.put("x-amz-content-sha256", EMPTY_SHA_256);
    headers.put("x-amz-date", time);
    if (!sessionToken.isEmpty()) {
      headers.put("x-amz-security-token", sessionToken);
    }
    var signed = new TreeMap<>(headers);
    signed.put("host", sentHost(uri));
    String names = String.join(";", signed.keySet());
    String canonical =
        String.join(
            "\n",
            "GET",
            uri.getRawPath(),
            uri.getRawQuery() == null ? "" : uri.getRawQuery(),
            signed.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining()),
            names,
            EMPTY_SHA_256);
    String date = time.substring(0, 8);
    String scope = date + "/" + region + "/s3/aws4_request";
    String toSign =
        String.join(
            "\n", "AWS4-HMAC-SHA256", time, scope, ModelLoader.sha256(canonical.getBytes(UTF_8)));
    byte[] key = hmac(("AWS4" + secretKey).getBytes(UTF_8), date);
    for (String part : new String[] {region, "s3", "aws4_request"}) {
      key = hmac(key, part);
    }
    headers.put(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s"
            .formatted(accessKey, scope, names, HexFormat.of().formatHex(hmac(key, toSign))));
    return headers;
  }

  /** The host header that the JDK's client sends: without the port that the scheme implies. */
  private static String sentHost(URI uri) {
    int implied = "https".equals(uri.getScheme()) ? 443 : 80;
    boolean isImplied = uri.getPort() == -1 || uri.getPort() == implied;
    return isImplied ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  /** HMAC-SHA-256. */
  static byte[] hmac(byte[] key, String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 (expected: in every JDK)", e);
    }
  }
}
