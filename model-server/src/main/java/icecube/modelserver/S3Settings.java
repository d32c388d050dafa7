// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.net.URI;
import java.util.Map;

/**
 * Where an S3 server is and who asks it.
 *
 * @param endpoint for example {@code https://s3.eu-central-1.amazonaws.com}, or a MinIO's; without
 *     a path
 * @param region that requests are signed for
 * @param accessKey empty to ask without a signature, for what everybody may read
 * @param secretKey of the access key
 * @param sessionToken of temporary credentials; empty for none
 */
public record S3Settings(
    URI endpoint, String region, String accessKey, String secretKey, String sessionToken) {

  private static final String REGION = "us-east-1";
  private static final String ENDPOINT = "AWS_ENDPOINT_URL";

  public S3Settings {
    HttpFiles.requireServer(ENDPOINT, endpoint);
    boolean isBare = endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/");
    if (!isBare) {
      throw new IllegalArgumentException(
          ENDPOINT + ": " + endpoint + " (expected: http(s)://HOST[:PORT] without a path)");
    }
    if (accessKey.isEmpty() != secretKey.isEmpty()) {
      throw new IllegalArgumentException(
          "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: one of them alone (expected: both or"
              + " neither)");
    }
  }

  /**
   * Those that the usual variables say: {@code AWS_ENDPOINT_URL_S3}, {@code AWS_ENDPOINT_URL},
   * {@code AWS_REGION}, {@code AWS_DEFAULT_REGION}, {@code AWS_ACCESS_KEY_ID}, {@code
   * AWS_SECRET_ACCESS_KEY}, {@code AWS_SESSION_TOKEN}.
   *
   * @throws IllegalArgumentException if they do not fit together
   */
  public static S3Settings from(Map<String, String> environment) {
    String region =
        environment.getOrDefault(
            "AWS_REGION", environment.getOrDefault("AWS_DEFAULT_REGION", REGION));
    String endpoint =
        environment.getOrDefault(
            "AWS_ENDPOINT_URL_S3",
            environment.getOrDefault(ENDPOINT, "https://s3." + region + ".amazonaws.com"));
    return new S3Settings(
        HttpFiles.server(ENDPOINT, endpoint),
        region,
        environment.getOrDefault("AWS_ACCESS_KEY_ID", ""),
        environment.getOrDefault("AWS_SECRET_ACCESS_KEY", ""),
        environment.getOrDefault("AWS_SESSION_TOKEN", ""));
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "S3Settings[endpoint=%s, region=%s, accessKey=%s, secretKey=***, sessionToken=***]"
        .formatted(endpoint, region, accessKey);
  }
}
