// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of {@code otel/} for Prometheus and Grafana, read; a fresh copy at each call. */
final class TelemetryFiles {
  /** Metrics that are not ours: of Prometheus itself and of the Collector. */
  private static final Set<String> OF_OTHERS =
      Set.of(
          "up",
          "ALERTS",
          "otelcol_exporter_send_failed_spans",
          "otelcol_exporter_enqueue_failed_spans");

  private static final List<String> PARTS = List.of("_bucket", "_count", "_sum", "_max");

  private TelemetryFiles() {}

  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    return Objects.requireNonNull(folder, "mvnw, in no folder above");
  }

  /** The rules of a file, those of all groups. */
  static List<Map<String, Object>> rules(String file) {
    return list(map(read(root().resolve("otel/prometheus/rules").resolve(file))), "groups").stream()
        .flatMap(group -> list(map(group), "rules").stream())
        .map(TelemetryFiles::map)
        .toList();
  }

  static List<Map<String, Object>> recordingRules() {
    return rules("recording.yaml");
  }

  static List<Map<String, Object>> alerts() {
    return rules("alerts.yaml");
  }

  static List<Map<String, Object>> dashboards() {
    return files("otel/grafana/dashboards").stream().map(file -> map(read(file))).toList();
  }

  /** The panels of a dashboard that ask something: all but the rows. */
  static List<Map<String, Object>> panels(Map<String, Object> dashboard) {
    return list(dashboard, "panels").stream()
        .map(TelemetryFiles::map)
        .filter(panel -> !"row".equals(panel.get("type")))
        .toList();
  }

  static List<Map<String, Object>> targets(Map<String, Object> panel) {
    return list(panel, "targets").stream().map(TelemetryFiles::map).toList();
  }

  /** The names in an expression that nobody makes. */
  static List<String> unknownNames(String promql) {
    Set<String> recorded =
        recordingRules().stream().map(rule -> text(rule, "record")).collect(Collectors.toSet());
    return PromqlNames.of(promql).stream()
        .filter(name -> !recorded.contains(name))
        .filter(name -> !OF_OTHERS.contains(name))
        .filter(name -> !isInTheDictionary(name))
        .toList();
  }

  /** What an expression asks of our metrics by labels that they do not have. */
  static List<String> unknownLabels(String promql) {
    List<String> unknown = new ArrayList<>();
    PromqlNames.matched(promql)
        .forEach(
            (name, labels) ->
                MetricDictionary.ofThisBuild().entries().stream()
                    .filter(entry -> entry.name().equals(name))
                    .filter(entry -> !entry.labels().containsAll(labels))
                    .forEach(entry -> unknown.add(name + labels + " of " + entry.labels())));
    return unknown;
  }

  private static boolean isInTheDictionary(String name) {
    for (MetricEntry entry : MetricDictionary.ofThisBuild().entries()) {
      boolean hasParts =
          switch (entry.type()) {
            case HISTOGRAM, SUMMARY -> true;
            case COUNTER, GAUGE -> false;
          };
      if (hasParts
          ? PARTS.stream().anyMatch(part -> name.equals(entry.name() + part))
          : name.equals(entry.name())) {
        return true;
      }
    }
    return false;
  }

  static List<Path> files(String folder) {
    try (Stream<Path> files = Files.list(root().resolve(folder))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Map<String, Object> fields, String key) {
    return String.valueOf(fields.getOrDefault(key, ""));
  }

  /** JSON is YAML, too. */
  static Object read(Path file) {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(text(file));
  }

  static Map<String, Object> map(Object value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((key, field) -> fields.put(String.valueOf(key), field));
    return fields;
  }

  /** The object under a key; empty if there is none. */
  static Map<String, Object> map(Map<String, Object> fields, String key) {
    return map(fields.getOrDefault(key, Map.of()));
  }

  /** The list under a key; empty if there is none. */
  static List<Object> list(Map<String, Object> fields, String key) {
    return List.copyOf((List<?>) fields.getOrDefault(key, List.of()));
  }

  static int number(Map<String, Object> fields, String key) {
    return (int) fields.getOrDefault(key, -1);
  }
}
