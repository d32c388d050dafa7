// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Map;

/**
 * Where an MLflow tracking server is and who asks it.
 *
 * @param uri for example {@code http://127.0.0.1:5000}
 * @param authorization header of every request; empty for none
 */
public record MlflowServer(URI uri, String authorization) {
  public MlflowServer {
    requireNonNull(authorization, "authorization");
    String text = uri.toString();
    if (text.indexOf('@') >= 0) {
      throw new IllegalArgumentException(
          "mlflow: not shown, as it has an @ and may hold a password (expected: http://HOST:PORT);"
              + " give who asks in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
    }
    boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!isHttp || uri.getHost() == null) {
      throw noServer(text);
    }
  }

  /**
   * The server at {@code uri}, asked by whom MLflow's own variables say: {@code
   * MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and {@code
   * MLFLOW_TRACKING_PASSWORD}.
   *
   * @throws IllegalArgumentException if it is no address of a server
   */
  public static MlflowServer of(String uri, Map<String, String> environment) {
    String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
    String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
    String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
    String basic =
        user.isEmpty()
            ? ""
            : "Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    return new MlflowServer(parse(uri), token.isEmpty() ? basic : "Bearer " + token);
  }

  private static URI parse(String uri) {
    try {
      return new URI(uri);
    } catch (URISyntaxException e) {
      // Its own words would show what stands before an @.
      throw noServer(uri.indexOf('@') < 0 ? uri : "not shown, as it may hold a password");
    }
  }

  private static IllegalArgumentException noServer(String found) {
    return new IllegalArgumentException(
        "mlflow: " + found + " (expected: http://HOST:PORT or https://HOST)");
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "MlflowServer[uri=%s, authorization=***]".formatted(uri);
  }
}
