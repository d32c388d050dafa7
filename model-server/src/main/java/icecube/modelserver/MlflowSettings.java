// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Base64;
import java.util.Map;

/**
 * Where an MLflow tracking server is and who asks it.
 *
 * @param server for example {@code http://127.0.0.1:5000}
 * @param authorization header of every request; empty for none
 */
public record MlflowSettings(URI server, String authorization) {
  private static final String SERVER = "MLFLOW_TRACKING_URI";

  public MlflowSettings {
    HttpFiles.requireServer(SERVER, server);
  }

  /**
   * Those that the usual variables say: {@code MLFLOW_TRACKING_URI}, and {@code
   * MLFLOW_TRACKING_TOKEN} or {@code MLFLOW_TRACKING_USERNAME} and {@code
   * MLFLOW_TRACKING_PASSWORD}.
   *
   * @throws IllegalArgumentException if the first is missing, or no address
   */
  public static MlflowSettings from(Map<String, String> environment) {
    return new MlflowSettings(
        HttpFiles.server(SERVER, environment.getOrDefault(SERVER, "")), authorization(environment));
  }

  private static String authorization(Map<String, String> environment) {
    String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
    if (!token.isEmpty()) {
      return "Bearer " + token;
    }
    String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
    if (user.isEmpty()) {
      return "";
    }
    String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "MlflowSettings[server=%s, authorization=***]".formatted(server);
  }
}
