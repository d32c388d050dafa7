// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.dataset.PredictionRow;
import icecube.dataset.PredictionWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a person who compares predictions types, and what they read. */
final class EvaluateCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Two events of one pulse each; both came from azimuth 1, zenith 0.5. */
  @BeforeEach
  void write() throws IOException {
    Files.writeString(
        folder.resolve("batch_1.csv"),
        "event_id,sensor_id,time,charge,auxiliary\n1,5,100,1.0,False\n2,6,100,1.0,False\n");
    Files.writeString(
        folder.resolve("train_meta.csv"),
        """
        batch_id,event_id,first_pulse_index,last_pulse_index,azimuth,zenith
        1,1,0,0,1,0.5
        1,2,1,1,1,0.5
        """);
    Files.writeString(
        folder.resolve("submission.csv"), "event_id,azimuth,zenith\n1,1,0.75\n2,1,0.5\n");
  }

  private int execute(String... arguments) {
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  private int evaluate(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "evaluate";
    all[1] = "--input";
    all[2] = folder.toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return execute(all);
  }

  private String submission() {
    return folder.resolve("submission.csv").toString();
  }

  private Path predictions(double kappa) {
    Path file = folder.resolve("predictions.parquet");
    PredictionWriter.write(file, List.of(row(1, kappa), row(2, kappa)));
    return file;
  }

  private static PredictionRow row(long id, double kappa) {
    return new PredictionRow(
        id,
        1,
        0.5,
        OptionalDouble.of(kappa),
        OptionalDouble.of(0.5),
        OptionalDouble.of(1),
        1,
        1,
        "direction",
        "1",
        "");
  }

  @Test
  void aSubmissionIsScoredAsBefore() {
    assertThat(evaluate("--submission", submission())).as(err.toString()).isZero();
    assertThat(out.toString().lines())
        .anyMatch(line -> line.matches("  events +2 \\(0 without a prediction, .*"))
        .anyMatch(line -> line.matches("  submission +0\\.1250 \\+- 0\\.1250 +0\\.1250 .*"))
        .anyMatch(line -> line.startsWith("  plain line fit"))
        .anyMatch(line -> line.contains("absent: coverage, pulls and calibration of submission"));
  }

  @Test
  void modelsAreComparedUnderTheirNamesAndJsonHasAll() throws IOException {
    String parquet = predictions(10).toString();
    assertThat(evaluate("--submission", submission(), "--predictions", "sure=" + parquet, "--json"))
        .as(err.toString())
        .isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    assertThat(json.get("reference").asText()).isEqualTo("submission");
    JsonNode sure = json.get("models").get(1);
    assertThat(sure.get("name").asText()).isEqualTo("sure");
    assertThat(sure.get("difference").get("meanRad").asDouble()).isBetween(-0.126, -0.124);
    assertThat(sure.get("precision").get("coverage").get(0).get("fromKappa")).hasSize(19);
    assertThat(sure.get("precision").get("withoutKappa").asLong()).isZero();
    assertThat(json.get("models").get(0).get("precision").isNull()).isTrue();
    assertThat(json.get("absent").toString()).contains("energy_gev");
    assertThat(sure.get("groups").size()).isEqualTo(18);
  }

  @Test
  void aReportIsWrittenAndNamed() {
    Path report = folder.resolve("report");
    assertThat(evaluate("--predictions", predictions(10).toString(), "--report", report.toString()))
        .as(err.toString())
        .isZero();
    assertThat(report.resolve("report.html")).isNotEmptyFile();
    assertThat(out.toString()).contains("wrote " + report.resolve("report.html") + " and 3 plots");
  }

  @Test
  void aModelIsAskedForDisturbedEventsAndNoRowIsHidden() throws IOException {
    String[] flags = {"--submission", submission(), "--robustness", "line-fit"};
    assertThat(evaluate(flags)).as(err.toString()).isZero();
    assertThat(out.toString().lines())
        .contains("  robustness of line-fit: 2 events, seed 1")
        .anyMatch(line -> line.matches(" {4}none +0 +2 {2}1\\.3088 .*"))
        .anyMatch(line -> line.matches(" {4}array turned 60 degrees +0 +2 .*"))
        .anyMatch(line -> line.matches(" {4}times 5000 ns later +0 +2 .* 0\\.0000 \\+- 0\\.0000"));
    out.getBuffer().setLength(0);
    assertThat(
            evaluate(
                "--submission",
                submission(),
                "--robustness",
                "line-fit",
                "--robustness-events",
                "1",
                "--json"))
        .isZero();
    JsonNode table = new ObjectMapper().readTree(out.toString()).get("robustness").get(0);
    assertThat(table.get("events").asLong()).isEqualTo(1);
    assertThat(table.get("rows")).hasSize(9);
    assertThat(table.get("rows").get(0).get("unanswered").asLong()).isEqualTo(1);
    assertThat(table.get("rows").get(0).get("difference").isNull()).isTrue();
  }

  @Test
  void aModelThatNobodyHasCannotBeAskedAndNoEventsAreAUsageError() {
    assertThat(evaluate("--submission", submission(), "--robustness", "unheard-of")).isEqualTo(5);
    assertThat(err.toString()).contains("unheard-of").contains("expected");
    assertThat(
            evaluate(
                "--submission",
                submission(),
                "--robustness",
                "line-fit",
                "--robustness-events",
                "0"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--robustness-events: 0 (expected: at least 1)");
  }

  @Test
  void noPredictionsAtAllIsAUsageError() {
    assertThat(evaluate()).isEqualTo(2);
    assertThat(err.toString()).contains("--predictions: none (expected: ");
  }

  @Test
  void twoFilesOfOneNameAreAUsageErrorThatSaysHowToNameThem() {
    String parquet = predictions(10).toString();
    assertThat(evaluate("--predictions", parquet, "--predictions", parquet)).isEqualTo(2);
    assertThat(err.toString()).contains("predictions is there already").contains("NAME=FILE");
  }

  @Test
  void aNameThatDoesNotFitItsColumnIsAUsageError() {
    assertThat(evaluate("--predictions", "=" + submission())).isEqualTo(2);
    assertThat(err.toString()).contains("name of 0 characters (expected: 1..24)");
    assertThat(evaluate("--predictions", "x".repeat(25) + "=" + submission())).isEqualTo(2);
    assertThat(err.toString()).contains("name of 25 characters");
    assertThat(evaluate("--predictions", "x".repeat(24) + "=" + submission())).isZero();
  }

  @Test
  void moreModelsThanAreComparedAreAUsageError() {
    String[] seven = new String[14];
    for (int i = 0; i < 7; i++) {
      seven[2 * i] = "--predictions";
      seven[2 * i + 1] = "m" + i + "=" + submission();
    }
    assertThat(evaluate(seven)).isEqualTo(2);
    assertThat(err.toString()).contains("--predictions: 7 files (expected: at most 6)");
  }

  @Test
  void anEqualsSignInAFolderIsNoName() {
    assertThat(evaluate("--predictions", folder + "/a=b/none.parquet")).isEqualTo(3);
    assertThat(err.toString()).contains("/a=b/none.parquet: not there");
  }

  @Test
  void damagedPredictionsAndOtherEventsAreInputErrors() throws IOException {
    assertThat(evaluate("--predictions", predictions(-1).toString())).isEqualTo(3);
    assertThat(err.toString()).contains("event 1: kappa -1.0 (expected: finite and >= 0)");
    Files.writeString(folder.resolve("submission.csv"), "event_id,azimuth,zenith\n9,1,1\n");
    assertThat(evaluate("--submission", submission())).isEqualTo(3);
    assertThat(err.toString()).contains("0 without truth, 0 unsound, 2 without a prediction");
    Files.delete(folder.resolve("train_meta.csv"));
    assertThat(evaluate("--submission", submission())).isEqualTo(3);
    assertThat(err.toString()).contains("found: 2 without truth");
  }

  @Test
  void aReportThatCannotBeWrittenIsAnOutputError() {
    assertThat(evaluate("--submission", submission(), "--report", submission() + "/report"))
        .isEqualTo(4);
    assertThat(err.toString()).contains("choose another --report");
  }
}
