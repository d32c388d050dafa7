// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.LEFT;
import static icecube.heartbeat.Beats.SERVING;
import static icecube.heartbeat.Beats.beat;
import static icecube.heartbeat.Beats.instance;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.chassis.InstanceIds;
import icecube.chassis.ManagementServer;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The page as Prometheus asks for it: over HTTP, while components come, restart, die and leave. */
class DiscoveryTest {
  private final RegistryRig rig = new RegistryRig();
  private final HttpClient client = HttpClient.newHttpClient();
  private URI page;
  private RegistryRig.BeatStream beats;

  @SuppressWarnings("NullAway.Init") // each test starts with leases of its own
  DiscoveryTest() {}

  private void start(RegistrySettings settings) {
    Registry registry = rig.start(settings);
    ManagementServer management =
        rig.closer.add(ManagementServer.start("127.0.0.1", 0, rig.metrics, () -> true));
    management.add(
        registry.discovery(
            InstanceIds.create("registry", registry.address(), management.address())));
    page = URI.create("http://" + management.address() + Registry.DISCOVERY_PATH);
    beats = rig.beats();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void followsThoseWhoComeAndLeave() throws Exception {
    start(rig.settings(1_024, 4_096, Map.of()));
    send(at("model-server", "m", 1, "h:1"), 1, SERVING);
    send(at("consumer", "c", 1, "h:2"), 1, SERVING);
    assertThat(told()).contains("\"h:1\"").contains("\"h:2\"").contains("\"registry\"");

    send(at("consumer", "c", 1, "h:2"), 2, LEFT);

    assertThat(told()).contains("\"h:1\"").doesNotContain("\"h:2\"");
  }

  @Test
  void tellsTheNewAddressOfOneThatRestarted() throws Exception {
    start(rig.settings(1_024, 4_096, Map.of()));
    send(at("consumer", "c", 1, "h:2"), 1, SERVING);
    send(at("consumer", "c", 2, "h:3"), 1, SERVING);

    assertThat(told()).contains("\"h:3\"").doesNotContain("\"h:2\"");
  }

  @Test
  void forgetsTheDead() throws Exception {
    start(rig.quick(Map.of()));
    var sequence = new AtomicLong();
    Await.until(
        () -> {
          beats.send(beat(at("consumer", "c", 1, "h:2"), sequence.incrementAndGet(), SERVING));
          return told().contains("\"h:2\"");
        },
        "the consumer is a target");

    Await.until(() -> !told().contains("\"h:2\""), "the dead consumer is no target");
  }

  private void send(Instance by, long sequence, InstanceState state) throws InterruptedException {
    beats.send(beat(by, sequence, state));
    beats.answer();
  }

  private static Instance at(String kind, String id, long incarnation, String management) {
    return instance(kind, id, incarnation).toBuilder().setManagementAddress(management).build();
  }

  private String told() {
    HttpRequest request = HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> response =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return response.body();
  }
}
