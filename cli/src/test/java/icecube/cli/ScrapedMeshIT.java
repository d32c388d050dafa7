// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.physics.IceCube86;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything of a mesh can be found and scraped from the one page that its registry serves. */
@Timeout(120)
final class ScrapedMeshIT {
  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void everyServiceOfAMeshIsFoundAndScraped() throws Exception {
    Mesh.Settings settings =
        new Mesh.Settings(
            folder.resolve("redis"), Optional.empty(), "line-fit", IceCube86.geometry(), 2);
    try (Mesh mesh = Mesh.start(settings)) {
      StringWriter described = new StringWriter();
      mesh.describe(new PrintWriter(described));
      assertThat(described.toString()).contains(mesh.targetsUri().toString());

      Map<String, String> metrics = new TreeMap<>();
      awaitTargets(mesh.targetsUri(), 5)
          .forEach((id, address) -> metrics.put(id, get("http://" + address + "/metrics")));

      assertThat(metrics.values()).allSatisfy(text -> assertThat(text).contains("jvm_memory_used"));
      for (Map.Entry<String, String> one :
          Map.of(
                  "consumer", "icecube_consumer_",
                  "emitter", "icecube_chassis_",
                  "model-server", "icecube_model",
                  "registry", "icecube_registry_")
              .entrySet()) {
        List<String> ofKind =
            metrics.keySet().stream().filter(id -> id.startsWith(one.getKey() + "-")).toList();
        assertThat(ofKind).hasSize(one.getKey().equals("consumer") ? 2 : 1);
        assertThat(ofKind).allSatisfy(id -> assertThat(metrics.get(id)).contains(one.getValue()));
      }
    }
  }

  /** Addresses by instance id, once there are so many. */
  private Map<String, String> awaitTargets(URI page, int count) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    Map<String, String> targets = new TreeMap<>();
    while (targets.size() < count && System.nanoTime() - deadline < 0) {
      assertThat(new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS)).isFalse();
      targets.clear();
      for (JsonNode entry : new ObjectMapper().readTree(get(page.toString()))) {
        targets.put(entry.at("/labels/instance_id").asText(), entry.at("/targets/0").asText());
      }
    }
    assertThat(targets).hasSize(count);
    return targets;
  }

  private String get(String uri) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> response =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }
}
