// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A registry that is told how many are expected misses those who never came. */
@Timeout(180)
final class RegistryExpectIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void whoeverIsExpectedAndNeverCameIsMissed() throws Exception {
    try (ServiceProcess registry =
        ServiceProcess.start(
            folder.resolve("log"),
            "registry",
            "--port",
            "0",
            "--management-port",
            "0",
            "--expect",
            "consumer=2,model-server=1")) {
      URI metrics = URI.create("http://" + registry.management() + "/metrics");

      String shown =
          Eventually.see(
              "what is expected",
              SOON,
              () -> get(metrics),
              text -> text.contains("icecube_registry_expected{"));

      assertThat(shown)
          .contains("icecube_registry_expected{kind=\"consumer\"} 2.0")
          .contains("icecube_registry_instances{kind=\"consumer\",state=\"SERVING\"} 0.0")
          .contains("icecube_registry_expected{kind=\"model-server\"} 1.0")
          .contains("icecube_registry_instances{kind=\"model-server\",state=\"SERVING\"} 0.0");
    }
  }

  private static String get(URI metrics) {
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
