// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of room otel in the judgement of the programs that read them. */
final class TelemetryFilesTest {
  private static final Path PROMETHEUS = Program.root().resolve("otel/prometheus");

  @TempDir Path folder;

  private static Program program(String name) {
    assumeTrue(Program.find(name).isPresent(), Program.absence(name));
    return Program.find(name).orElseThrow();
  }

  private static String[] ruleTests(Path tests) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("test", "rules"));
    try (Stream<Path> files = Files.list(tests)) {
      files.sorted().forEach(file -> arguments.add(file.toString()));
    }
    return arguments.toArray(String[]::new);
  }

  private static void isWell(Program.Outcome outcome) {
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
  }

  @Test
  void prometheusTakesItsConfigurationAndItsRules() {
    isWell(
        program("promtool")
            .run(
                PROMETHEUS,
                Map.of(),
                "check",
                "config",
                "--lint=all",
                "--lint-fatal",
                "prometheus.yml"));
  }

  @Test
  void everyRuleFiresWhenItShouldAndNotWhenItShouldNot() throws IOException {
    isWell(program("promtool").run(PROMETHEUS, Map.of(), ruleTests(PROMETHEUS.resolve("tests"))));
  }

  /**
   * A test of rules that finds nothing wrong with a spoilt rule would find nothing wrong at all.
   */
  @ParameterizedTest
  @CsvSource({
    "expr: vector(10), expr: vector(1000)",
    "for: 2m, for: 20m",
    "'collector\"} == 0', 'collector\"} == 1'",
    "'job!~\"spans|otel-collector\"', 'job!=\"nobody\"'",
    "QUEUE_FULL|WAIT_TOO_LONG, CANCELLED",
    "sum(max by (partition) (icecube_stream_emitted_events)), sum(icecube_stream_emitted_events)"
  })
  void aRuleThatIsSpoiltIsFound(String sound, String spoilt) throws IOException {
    Program promtool = program("promtool");
    copy("tests", "evaluation", "evaluation");
    assertThat(copy("rules", sound, spoilt)).as(sound + " stands in the rules").isTrue();
    assertThat(promtool.run(folder, Map.of(), ruleTests(folder.resolve("tests"))).exitCode())
        .isNotZero();
  }

  /** Whether a text was there to be replaced. */
  private boolean copy(String part, String text, String replacement) throws IOException {
    Path copies = Files.createDirectory(folder.resolve(part));
    boolean isThere = false;
    try (Stream<Path> files = Files.list(PROMETHEUS.resolve(part))) {
      for (Path file : files.toList()) {
        String content = Files.readString(file);
        isThere |= content.contains(text);
        Files.writeString(copies.resolve(file.getFileName()), content.replace(text, replacement));
      }
    }
    return isThere;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tail-sampling.yaml", "second-backend.yaml"})
  void theCollectorTakesItsConfigurationWithEachOverlay(String overlay) {
    String[] overlays = overlay.isEmpty() ? new String[0] : new String[] {overlay};
    List<String> arguments = new ArrayList<>(List.of("validate"));
    arguments.addAll(CollectorServer.arguments(overlays));
    isWell(
        program(CollectorServer.NAME)
            .run(
                folder,
                Map.of("SECOND_OTLP_ENDPOINT", "127.0.0.1:4317"),
                arguments.toArray(String[]::new)));
  }

  @Test
  void theCollectorRefusesWhatItDoesNotKnow() throws IOException {
    Path overlay = folder.resolve("wrong.yaml");
    Files.writeString(overlay, "processors: {memory_limiter: {limit_mib_max: 1}}\n");
    List<String> arguments = new ArrayList<>(List.of("validate"));
    arguments.addAll(CollectorServer.arguments());
    arguments.addAll(List.of("--config", overlay.toString()));
    Program.Outcome outcome =
        program(CollectorServer.NAME).run(folder, Map.of(), arguments.toArray(String[]::new));
    assertThat(outcome.exitCode()).isNotZero();
    assertThat(outcome.output()).contains("limit_mib_max");
  }
}
