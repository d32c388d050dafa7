// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.testkit.CollectorServer;
import icecube.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of {@code otel/prometheus} with other addresses and shorter times, so that a test need
 * not wait for minutes: a second between scrapes, windows of 15 s, alerts at once. Names, metrics,
 * labels and arithmetic are untouched. Every replacement has to find something.
 */
final class ScaledPrometheus {
  /** What {@code $__rate_interval} stands for, and every window in a rule. */
  static final String WINDOW = "15s";

  private static final Path FILES = Program.root().resolve("otel/prometheus");

  private ScaledPrometheus() {}

  /** Writes them into a folder; returns the configuration. */
  static Path write(Path folder, String registryManagement, CollectorServer collector)
      throws IOException {
    String configuration =
        replaced(
            Files.readString(FILES.resolve("prometheus.yml")),
            List.of(
                "scrape_interval: 5s", "scrape_interval: 1s",
                "scrape_timeout: 4s", "scrape_timeout: 1s",
                "evaluation_interval: 15s", "evaluation_interval: 1s",
                "refresh_interval: 5s", "refresh_interval: 1s",
                "registry:9471", registryManagement,
                "otel-collector:8889", collector.spanMetricsTarget(),
                "otel-collector:8888", collector.selfTarget()));
    Path rules = Files.createDirectories(folder.resolve("rules"));
    for (String file : List.of("recording.yaml", "alerts.yaml")) {
      Files.writeString(
          rules.resolve(file),
          Files.readString(FILES.resolve("rules").resolve(file))
              .replaceAll("\\[\\d+m]", "[" + WINDOW + "]")
              .replaceAll("(?m)^( +for:) \\d+[ms]$", "$1 1s")
              .replaceAll("(?m)^( +keep_firing_for:) \\d+m$", "$1 15s")
              .replace(
                  "record: icecube:event_age_seconds:limit\n        expr: vector(5)",
                  "record: icecube:event_age_seconds:limit\n        expr: vector(2)"));
    }
    return Files.writeString(folder.resolve("prometheus.yml"), configuration);
  }

  private static String replaced(String text, List<String> pairs) {
    String result = text;
    for (int i = 0; i < pairs.size(); i += 2) {
      if (!result.contains(pairs.get(i))) {
        throw new IllegalStateException(
            "prometheus.yml: no \"%s\" (expected: one to replace)".formatted(pairs.get(i)));
      }
      result = result.replace(pairs.get(i), pairs.get(i + 1));
    }
    return result;
  }
}
