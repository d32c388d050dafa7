// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.otel.MetricDictionary;
import icecube.otel.MetricEntry;
import icecube.testkit.Eventually;
import icecube.testkit.Program;
import icecube.testkit.PrometheusServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus with our rules looks at a real mesh. Over a minute, so only with {@code
 * -Dicecube.backends=true}, as {@code .ci/run} does. The rules are those of {@code otel/prometheus}
 * with shorter times ({@link ScaledPrometheus}).
 */
@Timeout(900)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MonitoredMeshIT {
  private static final Duration SEEN_MAX = Duration.ofMinutes(3);
  private static final Duration PAUSE = Duration.ofSeconds(6);

  /** Of those that do not appear from the start, what this mesh does not bring about. */
  private static final Set<String> NOT_HERE =
      Set.of(
          "icecube_modelserver_events_degraded_total",
          "icecube_chassis_calls_denied_total",
          "icecube_chassis_security_reloads_total",
          "icecube_chassis_certificate_expiry_seconds",
          "jvm_gc_concurrent_phase_time_seconds");

  /** The one panel that is empty while all is well. */
  private static final String ALERTS_PANEL = "Firing alerts";

  @TempDir private static Path folder;

  private @Nullable MonitoredMesh started;

  @BeforeAll
  void startTheMesh() throws Exception {
    assumeTrue(
        Boolean.getBoolean("icecube.backends"),
        "SKIPPED: a mesh under a real Prometheus (give -Dicecube.backends=true)");
    for (String name : MonitoredMesh.programs()) {
      assumeTrue(Program.find(name).isPresent(), Program.absence(name));
    }
    started = MonitoredMesh.start(folder);
    Eventually.see(
        "events", SEEN_MAX, () -> hasData("icecube:event_age_seconds:p99"), isThere -> isThere);
    Eventually.see("a mesh that no alert is about", SEEN_MAX, this::firing, Set::isEmpty);
  }

  @AfterAll
  void stopTheMesh() {
    if (started != null) {
      started.close();
    }
  }

  private MonitoredMesh mesh() {
    if (started == null) {
      throw new IllegalStateException("mesh: none (expected: started)");
    }
    return started;
  }

  private PrometheusServer prometheus() {
    return mesh().prometheus();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  @Test
  void everyTargetIsFoundByTheRegistryAndIsUp() {
    Map<String, Integer> expected =
        Map.of(
            "registry",
            1,
            "sink",
            1,
            "model-server",
            1,
            "consumer",
            2,
            "emitter",
            1,
            "spans",
            1,
            "otel-collector",
            1);
    Map<String, Integer> up =
        Eventually.see("all targets up", SEEN_MAX, this::targetsUp, expected::equals);
    assertThat(up).isEqualTo(expected);
  }

  private Map<String, Integer> targetsUp() {
    Map<String, Integer> up = new TreeMap<>();
    stream(prometheus().targets())
        .filter(target -> target.path("health").asText().equals("up"))
        .forEach(target -> up.merge(target.at("/labels/job").asText(), 1, Integer::sum));
    return up;
  }

  @Test
  void everyMetricOfTheDictionaryIsThere() {
    Eventually.see("metrics that are missing", SEEN_MAX, this::metricsMissing, Set::isEmpty);
  }

  private Set<String> metricsMissing() {
    Set<String> names = new HashSet<>();
    prometheus().metricNames().forEach(name -> names.add(name.asText()));
    Set<String> missing = new HashSet<>();
    for (MetricEntry entry : MetricDictionary.ofThisBuild().entries()) {
      boolean isThere =
          switch (entry.type()) {
            case COUNTER, GAUGE -> names.contains(entry.name());
            case HISTOGRAM -> names.contains(entry.name() + "_bucket");
            case SUMMARY -> names.contains(entry.name() + "_count");
          };
      if (!isThere && !NOT_HERE.contains(entry.name())) {
        missing.add(entry.name());
      }
    }
    return missing;
  }

  @Test
  void whatThisMeshDoesNotShowIsWhatAppearsLater() {
    assertThat(NOT_HERE)
        .allSatisfy(
            name -> assertThat(MetricDictionary.ofThisBuild().entry(name).appears()).isNotEmpty());
  }

  @Test
  void everyQueryOfEveryPanelHasData() throws IOException {
    List<String> queries = new ArrayList<>();
    try (Stream<Path> files = Files.list(Program.root().resolve("otel/grafana/dashboards"))) {
      for (Path file : files.toList()) {
        for (JsonNode panel : new ObjectMapper().readTree(file.toFile()).path("panels")) {
          if (!panel.path("title").asText().equals(ALERTS_PANEL)) {
            panel.path("targets").forEach(target -> queries.add(target.path("expr").asText()));
          }
        }
      }
    }
    assertThat(queries).hasSizeGreaterThan(100);
    Eventually.see("queries without data", SEEN_MAX, () -> withoutData(queries), List::isEmpty);
  }

  @Test
  void everyRecordingRuleHasDataAndNoRuleFails() {
    List<JsonNode> rules =
        stream(prometheus().ruleGroups()).flatMap(group -> stream(group.path("rules"))).toList();
    assertThat(rules).hasSizeGreaterThan(40);
    List<String> recorded =
        rules.stream()
            .filter(rule -> rule.path("type").asText().equals("recording"))
            .map(rule -> rule.path("name").asText())
            .toList();
    Eventually.see("rules without data", SEEN_MAX, () -> withoutData(recorded), List::isEmpty);
    assertThat(prometheus().ruleGroups().findValuesAsText("health")).containsOnly("ok");
  }

  private List<String> withoutData(List<String> queries) {
    return queries.stream().filter(query -> !hasData(query)).toList();
  }

  /** Whether there is a number, and not only the quantile of nothing. */
  private boolean hasData(String query) {
    JsonNode result =
        prometheus().query(query.replace("$__rate_interval", ScaledPrometheus.WINDOW));
    return stream(result).anyMatch(series -> !series.at("/value/1").asText().equals("NaN"));
  }

  @Test
  void aPointOfAHistogramLeadsToItsTrace() {
    String histogram = "icecube_consumer_event_age_seconds_bucket";
    JsonNode series =
        Eventually.see(
            "exemplars", SEEN_MAX, () -> prometheus().exemplars(histogram), all -> !all.isEmpty());
    String traceId = series.at("/0/exemplars/0/labels/trace_id").asText();
    Eventually.see(
        "spans of trace " + traceId,
        SEEN_MAX,
        () -> namesOf(traceId),
        names -> names.contains("process events"));
  }

  /** Empty as long as Jaeger has nothing of it. */
  private List<String> namesOf(String traceId) {
    try {
      return mesh().jaeger().trace(traceId).path("spans").findValuesAsText("operationName");
    } catch (IllegalStateException e) {
      return List.of();
    }
  }

  @Test
  void aConsumerThatIsKilledIsMissed() throws Exception {
    ServiceProcess third = mesh().consumer();
    String serving = "sum(icecube_registry_instances{kind=\"consumer\",state=\"SERVING\"}) >= 3";
    Eventually.see("a third consumer", SEEN_MAX, () -> hasData(serving), isThere -> isThere);
    Eventually.see(
        "nobody missed", SEEN_MAX, this::firing, set -> !set.contains("MissingHeartbeat"));
    third.kill();
    Eventually.see("the alert", SEEN_MAX, this::firing, set -> set.contains("MissingHeartbeat"));
    String panel =
        "count by (alertname, kind) (ALERTS{alertstate=\"firing\",alertname=\"MissingHeartbeat\","
            + "kind=\"consumer\"})";
    Eventually.see("the panel of the alerts", SEEN_MAX, () -> hasData(panel), isThere -> isThere);
  }

  @Test
  void aServerThatStandsStillForSecondsMakesHighLatency() throws Exception {
    Eventually.see(
        "calm", SEEN_MAX, this::firing, alerts -> !alerts.contains("HighLatency event_age"));
    mesh().modelServer().pause();
    try {
      LockSupport.parkNanos(PAUSE.toNanos());
    } finally {
      mesh().modelServer().resume();
    }
    Eventually.see(
        "the alert", SEEN_MAX, this::firing, alerts -> alerts.contains("HighLatency event_age"));
    Eventually.see(
        "calm", SEEN_MAX, this::firing, alerts -> !alerts.contains("HighLatency event_age"));
  }

  /** Names of the alerts that fire, with what they measure if they say so. */
  private Set<String> firing() {
    Set<String> names = new HashSet<>();
    stream(prometheus().alerts())
        .filter(alert -> alert.path("state").asText().equals("firing"))
        .forEach(
            alert ->
                names.add(
                    (alert.at("/labels/alertname").asText()
                            + " "
                            + alert.at("/labels/measure").asText())
                        .strip()));
    return names;
  }
}
