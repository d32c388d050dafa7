// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import icecube.dataset.FileNotes;
import icecube.dataset.SubmissionReader;
import icecube.physics.FeatureTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A whole data set answered without a mesh, from the command to the files. */
@Timeout(120)
final class ScoreTest extends BatchCommandFixture {
  private static final String MODELS = Path.of("../models").toAbsolutePath().normalize().toString();

  private int score(String... more) {
    return execute("score", List.of(more));
  }

  private Path predictions(int batch) {
    return output().resolve("predictions/batch_" + batch + ".parquet");
  }

  private static List<Long> ids(Path submission) {
    List<Long> ids = new ArrayList<>();
    try (SubmissionReader reader = SubmissionReader.open(submission)) {
      for (var row = reader.next(); row != null; row = reader.next()) {
        ids.add(row.eventId());
      }
    }
    return ids;
  }

  @Test
  void everyEventIsAnsweredOnceByAnyNumberOfWorkers() throws IOException {
    simulate(300, 200);
    assertThat(score("--model", "line-fit", "--threads", "1", "--json")).as("%s", err).isZero();
    JsonNode first = summary();
    byte[] submission = Files.readAllBytes(output().resolve("submission.csv"));
    Files.move(output(), folder.resolve("first"));
    assertThat(score("--model", "line-fit", "--threads", "3", "--json")).as("%s", err).isZero();
    JsonNode second = summary();

    assertThat(Files.readAllBytes(output().resolve("submission.csv"))).isEqualTo(submission);
    assertThat(predictions(2))
        .hasSameBinaryContentAs(folder.resolve("first/predictions/batch_2.parquet"));
    assertThat(first.get("events").asLong()).isEqualTo(300);
    assertThat(first.get("predicted").asLong()).isEqualTo(300);
    assertThat(first.get("model").asText()).isEqualTo("line-fit/1");
    assertThat(second.get("meanAngularErrorRad")).isEqualTo(first.get("meanAngularErrorRad"));
    assertThat(ids(output().resolve("submission.csv"))).hasSize(300).isSorted();

    assertThat(
            execute(
                "evaluate",
                "--input",
                input().toString(),
                "--submission",
                output().resolve("submission.csv").toString(),
                "--json"))
        .isZero();
    assertThat(summary().get("models").get(0).get("errors").get("meanRad").asDouble())
        .isCloseTo(
            first.get("meanAngularErrorRad").asDouble(), within(1e-7)); // errors are float32 there
  }

  @Test
  void aGraphAnswersToo() throws IOException {
    simulate(50, 50);
    assertThat(score("--model", "line-fit-onnx", "--models", MODELS, "--json"))
        .as("%s", err)
        .isZero();
    JsonNode summary = summary();
    assertThat(summary.get("predicted").asLong()).isEqualTo(50);
    assertThat(summary.get("model").asText()).isEqualTo("line-fit-onnx/1");
  }

  @Test
  void rejectedEventsAreListedAndStandInTheSubmission() throws IOException {
    batch(
        1,
        """
        30,9999,100,1.0,False
        20,5,100,1.0,False
        20,6,300,1.0,False
        20,7,500,1.0,False
        10,5,200,1.0,False
        10,5,100,1.0,False
        """);
    assertThat(score("--model", "line-fit", "--json")).as("%s", err).isZero();
    JsonNode summary = summary();
    assertThat(summary.get("events").asLong()).isEqualTo(3);
    assertThat(summary.get("predicted").asLong()).isEqualTo(1);
    assertThat(summary.get("rejected")).hasToString("{\"SENSOR_UNKNOWN\":1,\"TIME_UNSORTED\":1}");
    assertThat(summary.get("meanAngularErrorRad").isNull()).isTrue();
    assertThat(Files.readAllLines(output().resolve("rejected/batch_1.csv")))
        .hasSize(3)
        .anyMatch(line -> line.startsWith("30,SENSOR_UNKNOWN,"));
    List<String> submission = Files.readAllLines(output().resolve("submission.csv"));
    assertThat(submission.get(0)).isEqualTo("event_id,azimuth,zenith");
    assertThat(submission.get(1)).isEqualTo("10,0.0," + Math.PI / 2);
    assertThat(submission.get(2)).startsWith("20,");
    assertThat(submission.get(3)).isEqualTo("30,0.0," + Math.PI / 2);
  }

  @Test
  void aSecondRunGoesOnWithTheBatchesThatAreMissing() throws IOException {
    simulate(60, 20);
    assertThat(score("--model", "line-fit", "--json")).as("%s", err).isZero();
    JsonNode whole = summary();
    byte[] submission = Files.readAllBytes(output().resolve("submission.csv"));
    FileTime first = Files.getLastModifiedTime(predictions(1));
    Files.delete(predictions(2));
    Files.delete(output().resolve("submission.csv"));
    Files.writeString(output().resolve("predictions/.batch_2.parquet.part"), "what a kill left");

    assertThat(score("--model", "line-fit", "--json")).as("%s", err).isZero();
    JsonNode again = summary();
    assertThat(again.get("batchesBefore").asInt()).isEqualTo(2);
    assertThat(again.get("events")).isEqualTo(whole.get("events"));
    assertThat(again.get("meanAngularErrorRad").asDouble())
        .isCloseTo(whole.get("meanAngularErrorRad").asDouble(), within(1e-12));
    assertThat(Files.getLastModifiedTime(predictions(1))).isEqualTo(first);
    assertThat(Files.readAllBytes(output().resolve("submission.csv"))).isEqualTo(submission);
  }

  @Test
  void predictionsOfAnotherModelAreNotMixedIn() throws IOException {
    batch(1, "1,5,100,1.0,False\n");
    assertThat(score("--model", "line-fit")).as("%s", err).isZero();
    assertThat(score("--model", "line-fit-onnx", "--models", MODELS)).isEqualTo(4);
    assertThat(err.toString()).contains("made of").contains("line-fit/1").contains("--output");
  }

  @Test
  void predictionsSayWhatMadeThem() throws IOException {
    batch(1, "1,5,100,1.0,False\n");
    assertThat(score("--model", "pandel")).as("%s", err).isZero();
    assertThat(FileNotes.read(predictions(1)).get(BatchFolder.MADE_OF_KEY))
        .contains(
            ";pandel/1;features %d, cut %d;%s"
                .formatted(FeatureTable.VERSION, FeatureTable.CUT_VERSION, Main.Version.words()));
  }

  @Test
  void aDamagedBatchOrAnInterruptionLeavesNoHalfFile() throws IOException {
    batch(1, "1,5,100,1.0,False\n2,5,no time,1.0,False\n");
    assertThat(score("--model", "line-fit")).isEqualTo(3);
    assertThat(err.toString()).contains("batch_1.csv").contains("no time");
    batch(1, "1,5,100,1.0,False\n2,9999,5,1.0,False\n");
    Thread.currentThread().interrupt();
    int code = score("--model", "line-fit");
    Thread.interrupted(); // for the tests after this one
    assertThat(code).isEqualTo(130);
    try (var left = Files.walk(output())) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void noSubmissionIsWrittenWhereNoneIsWanted() throws IOException {
    batch(1, "1,5,100,1.0,False\n");
    assertThat(score("--model", "line-fit", "--no-submission")).as("%s", err).isZero();
    assertThat(out.toString()).contains("predicted            1").doesNotContain("submission");
    assertThat(output().resolve("submission.csv")).doesNotExist();
    assertThat(predictions(1)).isNotEmptyFile();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--model no-such-model | 2 | --model: no-such-model (expected: one of line-fit",
        "--models /nowhere     | 2 | --models: /nowhere",
        "--threads -1          | 2 | --threads: -1 (expected: 0..256",
        "--device tpu          | 2 | --device: tpu (expected: cpu or gpu)",
        "--geometry /none      | 3 | /none",
      })
  void aWrongValueNamesFlagAndExpectation(String flag, int code, String message)
      throws IOException {
    batch(1, "1,5,100,1.0,False\n");
    assertThat(score(flag.split(" +", 2))).isEqualTo(code);
    assertThat(err.toString()).contains(message);
    assertThat(output()).doesNotExist();
  }

  @Test
  void whatCannotBeReadOrWrittenIsNamed() throws IOException {
    assertThat(execute("score", "--input", "/nowhere", "--output", output().toString()))
        .isEqualTo(3);
    assertThat(err.toString()).contains("/nowhere");
    batch(1, "1,5,100,1.0,False\n");
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertThat(execute("score", "--input", input().toString(), "--output", file + "/scored"))
        .isEqualTo(4);
    assertThat(err.toString()).contains("choose another --output");
  }

  @Test
  void theRealTestEventsBecomeAValidSubmission() throws IOException {
    String data = System.getProperty("icecube.data", "");
    Assumptions.assumeFalse(data.isEmpty(), "SKIPPED: real files (give -Dicecube.data=DIR)");
    String kaggle = Path.of(data, "kaggle").toString();
    int code =
        execute("score", "--input", kaggle, "--output", output().toString(), "--model", "line-fit");
    assertThat(code).as("%s", err).isZero();
    assertThat(ids(output().resolve("submission.csv"))).containsExactly(2092L, 7344L, 9482L);
    assertThat(
            execute(
                "prepare", "--input", kaggle, "--output", folder.resolve("prepared").toString()))
        .isZero();
    assertThat(PreparedRows.read(folder.resolve("prepared/features/batch_661.parquet")))
        .extracting(row -> row.getInteger("row_count", 0))
        .containsExactly(299, 36, 43);
  }
}
