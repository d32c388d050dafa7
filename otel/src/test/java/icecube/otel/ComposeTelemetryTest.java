// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static icecube.otel.TelemetryFiles.list;
import static icecube.otel.TelemetryFiles.map;
import static icecube.otel.TelemetryFiles.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds {@code compose.telemetry.yaml} to what compose itself does not look at. */
final class ComposeTelemetryTest {
  private static Map<String, Object> services(String file) {
    return map(map(TelemetryFiles.read(TelemetryFiles.root().resolve(file))), "services");
  }

  private static Map<String, Object> service(String name) {
    return map(services("compose.telemetry.yaml"), name);
  }

  @Test
  void everyServiceOfTheMeshSendsItsTracesToTheCollector() {
    Stream<String> ofTheMesh =
        services("compose.yaml").keySet().stream().filter(name -> !name.equals("redis"));
    assertThat(ofTheMesh)
        .allSatisfy(
            name ->
                assertThat(map(service(name), "environment"))
                    .containsEntry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel-collector:4317"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"otel-collector", "jaeger", "prometheus", "grafana"})
  void aServiceIsPinnedBoundedAndOnLoopbackOnly(String name) {
    Map<String, Object> service = service(name);
    assertThat(text(service, "image")).matches("[a-z/-]+:v?\\d+\\.\\d+\\.\\d+");
    assertThat(service).containsEntry("read_only", true).containsKeys("mem_limit", "pids_limit");
    assertThat(list(service, "cap_drop")).containsExactly("ALL");
    assertThat(list(service, "ports"))
        .isNotEmpty()
        .allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:${"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"otel-collector", "jaeger", "prometheus", "grafana"})
  void whatIsMountedIsThereAndReadOnly(String name) {
    assertThat(list(service(name), "volumes").stream().map(Object::toString))
        .filteredOn(volume -> volume.startsWith("./"))
        .isNotEmpty()
        .allSatisfy(
            volume -> {
              assertThat(volume).endsWith(":ro");
              Path source = Path.of(volume.substring(2, volume.indexOf(':')));
              assertThat(TelemetryFiles.root().resolve(source)).isDirectory();
            });
  }

  @Test
  void theTargetsOfPrometheusAreServices() {
    String configuration = text(TelemetryFiles.root().resolve("otel/prometheus/prometheus.yml"));
    assertThat(configuration)
        .contains("http://registry:9471/discovery/prometheus")
        .contains("otel-collector:8889", "otel-collector:8888");
    assertThat(text(TelemetryFiles.root().resolve("compose.yaml")))
        .contains("\"--management-port\", \"9471\"");
  }
}
