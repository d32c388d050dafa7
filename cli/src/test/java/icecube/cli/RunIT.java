// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The whole way of events, from the command a person types to the files it leaves. */
@Timeout(180)
final class RunIT {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"line-fit", "line-fit-onnx"})
  void simulatedEventsComeOutOnceEachAndBetterThanByChance(String model) throws Exception {
    System.setProperty("icecube.home", repositoryRoot().toString());
    Path output = folder.resolve("out");
    Path summaryFile = folder.resolve("summary.json");
    int code =
        execute(
            "run",
            "--events",
            "2000",
            "--seed",
            "1",
            "--model",
            model,
            "--output",
            output.toString(),
            "--summary",
            summaryFile.toString());
    assertThat(code).as(err.toString()).isZero();

    JsonNode summary = new ObjectMapper().readTree(summaryFile.toFile());
    assertThat(summary.get("emitted").asLong()).isEqualTo(2000);
    assertThat(summary.get("predicted").asLong()).isEqualTo(2000);
    assertThat(summary.get("duplicates").asLong()).isZero();
    assertThat(summary.get("meanAngularErrorRad").asDouble()).isBetween(0.9, 1.35);
    assertThat(summary.get("model").asText()).isEqualTo(model);

    List<String> submission = Files.readAllLines(output.resolve("submission.csv"));
    assertThat(submission).hasSize(2001);
    assertThat(output.resolve("predictions.parquet")).isNotEmptyFile();
    assertThat(out.toString()).contains("balance").contains("holds");
    try (Stream<Path> left = Files.list(output)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("simulated", "submission.csv", "predictions.parquet");
    }
    out.getBuffer().setLength(0);
    assertThat(
            execute(
                "evaluate",
                "--input",
                output.resolve("simulated").toString(),
                "--submission",
                output.resolve("submission.csv").toString(),
                "--json"))
        .isZero();
    JsonNode evaluation = new ObjectMapper().readTree(out.toString());
    assertThat(evaluation.get("events").asLong()).isEqualTo(2000);
    JsonNode models = evaluation.get("models");
    assertThat(models.get(0).get("errors").get("meanRad").asDouble())
        .isLessThan(models.get(2).get("errors").get("meanRad").asDouble());
    assertThat(models.get(2).get("difference").get("meanRad").asDouble()).isPositive();
  }

  @Test
  void theSameSeedWritesTheSameBytesForAnyNumberOfThreads() throws Exception {
    for (String threads : List.of("1", "3")) {
      assertThat(
              execute(
                  "simulate",
                  "--events",
                  "300",
                  "--seed",
                  "7",
                  "--batch-events",
                  "200",
                  "--threads",
                  threads,
                  "--output",
                  folder.resolve(threads).toString()))
          .isZero();
    }
    for (String file :
        List.of(
            "train/batch_1.parquet",
            "train/batch_2.parquet",
            "train_meta.parquet",
            "sensor_geometry.csv")) {
      assertThat(folder.resolve("3").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("1").resolve(file));
    }
  }

  @Test
  void theRealTestEventsArePredicted() throws Exception {
    String data = System.getProperty("icecube.data", "");
    Assumptions.assumeFalse(data.isEmpty(), "SKIPPED: real files (give -Dicecube.data=DIR)");
    Path summaryFile = folder.resolve("summary.json");
    int code =
        execute(
            "run",
            "--input",
            Path.of(data, "kaggle").toString(),
            "--output",
            folder.resolve("out").toString(),
            "--summary",
            summaryFile.toString());
    assertThat(code).as(err.toString()).isZero();
    assertThat(Files.readAllLines(folder.resolve("out/submission.csv")))
        .extracting(line -> line.split(",", -1)[0])
        .containsExactly("event_id", "2092", "7344", "9482");
    JsonNode summary = new ObjectMapper().readTree(summaryFile.toFile());
    assertThat(summary.get("meanAngularErrorRad").isNull()).isTrue();
  }

  private static Path repositoryRoot() {
    return Path.of("..").toAbsolutePath().normalize();
  }
}
