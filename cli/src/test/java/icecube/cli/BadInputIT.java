// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import icecube.stream.EmbeddedRedis;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Everything a data set, a folder or a port can be wrong in, through the whole command. */
@Timeout(120)
final class BadInputIT {
  private static final String HEADER = "sensor_id,time,charge,auxiliary,event_id\n";

  @TempDir private Path folder;

  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine commandLine = Main.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  private int run(Path input) {
    return execute(
        "run",
        "--input",
        input.toString(),
        "--output",
        folder.resolve("out").toString(),
        "--summary",
        folder.resolve("summary.json").toString());
  }

  private Path batch(String rows) throws Exception {
    Path input = Files.createDirectories(folder.resolve("input"));
    Files.writeString(input.resolve("batch_1.csv"), HEADER + rows);
    return input;
  }

  /** Five pulses along string 1, upwards in time: a sound event. */
  private static String soundEvent(long eventId) {
    return IntStream.range(0, 5)
        .mapToObj(i -> "%d,%d,1.025,False,%d%n".formatted(50 - 10 * i, 10_000 + 600 * i, eventId))
        .collect(Collectors.joining());
  }

  @Test
  void badEventsAreDeadLetteredWithTheirReasonsAndTheirNeighboursPredicted() throws Exception {
    Path input =
        batch(
            soundEvent(1)
                + "5160,10000,1.0,False,2\n"
                + soundEvent(3)
                + "7,-4,1.0,False,4\n"
                + "7,10000,1.0,False,5\n8,9999,1.0,False,5\n"
                + "7,10000,NaN,False,6\n"
                + "7,10000,Infinity,False,7\n"
                + "7,10000,0,False,8\n"
                + soundEvent(9)
                + soundEvent(3));
    Files.writeString(
        input.resolve("train_meta.csv"),
        """
        batch_id,event_id,first_pulse_index,last_pulse_index,azimuth,zenith
        1,1,0,4,0,0
        1,10,5,4,0,0
        """);

    assertThat(run(input)).as(err.toString()).isZero();

    JsonNode summary = new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
    assertThat(summary.get("predicted").asLong()).isEqualTo(3);
    assertThat(summary.get("deadLettered").asLong()).isEqualTo(8);
    List<String> letters = Files.readAllLines(folder.resolve("out/dead_letters.csv"));
    assertThat(letters.stream().map(line -> line.split(",", 3)[0] + " " + line.split(",", 3)[1]))
        .containsExactlyInAnyOrder(
            "event_id reason",
            "2 SENSOR_UNKNOWN",
            "3 EVENT_ID_DUPLICATE",
            "4 TIME_OUT_OF_RANGE",
            "5 TIME_UNSORTED",
            "6 CHARGE_OUT_OF_RANGE",
            "7 CHARGE_OUT_OF_RANGE",
            "8 CHARGE_OUT_OF_RANGE",
            "10 EVENT_EMPTY");
    assertThat(Files.readAllLines(folder.resolve("out/submission.csv")))
        .extracting(line -> line.split(",", -1)[0])
        .containsExactly("event_id", "1", "3", "9");
  }

  @Test
  void anEventOf180000PulsesIsPredicted() throws Exception {
    StringBuilder rows = new StringBuilder(soundEvent(1));
    for (int i = 0; i < 180_000; i++) {
      rows.append(i % 5160).append(',').append(10_000 + i / 20).append(",1.025,False,2\n");
    }
    assertThat(run(batch(rows + soundEvent(3)))).as(err.toString()).isZero();
    JsonNode summary = new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
    assertThat(summary.get("predicted").asLong()).isEqualTo(3);
  }

  @Test
  void anEmptyFolderSaysWhatWasLookedFor() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(run(empty)).isEqualTo(3);
    assertThat(err.toString()).contains(empty.toString()).contains("batch_");
  }

  @Test
  void aTruncatedParquetFileIsNamed() throws Exception {
    assertThat(execute("simulate", "--events", "50", "--output", folder.resolve("sim").toString()))
        .isZero();
    Path file = folder.resolve("sim/train/batch_1.parquet");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(run(folder.resolve("sim"))).isEqualTo(3);
    assertThat(err.toString()).contains("batch_1.parquet");
  }

  @Test
  void aCellOfTheWrongTypeIsNamedWithItsValue() throws Exception {
    assertThat(run(batch("7,10000,much,False,1\n"))).isEqualTo(3);
    assertThat(err.toString()).contains("batch_1.csv").contains("charge").contains("much");
  }

  @Test
  void anOutputThatCannotBeWrittenIsKnownBeforeTheWork() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    assertThat(execute("run", "--events", "10", "--output", file.resolve("out").toString()))
        .isEqualTo(4);
    assertThat(err.toString()).contains(file.toString());
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(execute("serve", "--port", port)).isEqualTo(5);
      assertThat(err.toString()).contains(port);
    }
  }

  @Test
  void anUnknownModelIsNamedBeforeAnythingIsWritten() {
    assertThat(execute("run", "--events", "10", "--model", "oracle", "--output", folder.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("oracle").contains("line-fit");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aRunThatCannotBeginLeavesNothingBehind() {
    assertThat(run(folder.resolve("nowhere"))).isEqualTo(3);
    assertThat(folder.resolve("out")).isEmptyDirectory();
  }

  @Test
  void anotherProcessThatWritesToTheSameFolderIsRefused() throws Exception {
    Path output = folder.resolve("out");
    try (RunOutput ours = RunOutput.prepare(output, Optional.empty());
        ServiceProcess other =
            ServiceProcess.start(
                folder.resolve("log"), "run", "--events", "10", "--output", output.toString())) {
      assertThat(other.await(60)).isEqualTo(4);
      assertThat(folder.resolve("log")).content().contains("another run writes there");
      assertThat(ours.redisFolder()).isDirectory();
    }
  }

  @Test
  void aSummaryThatCannotBeWrittenIsKnownBeforeTheWork() throws Exception {
    Path output = folder.resolve("out");
    String summary = Files.createDirectory(folder.resolve("s")).toString();
    assertThat(
            execute("run", "--events", "10", "--summary", summary, "--output", output.toString()))
        .isEqualTo(4);
    assertThat(err.toString()).contains("--summary: " + summary);
    assertThat(output).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reconcile", "inspect", "redrive", "trim"})
  void aMisspeltStreamIsNamedAndMakesNoKeys(String command) {
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"))) {
      for (int time = 1; time <= 2; time++) {
        assertThat(execute(command, "--redis", redis.uri(), "--stream", "icecub")).isEqualTo(2);
        assertThat(err.toString()).contains("stream: icecub (expected: one that");
      }
    }
  }

  @Test
  void anotherNumberOfPartitionsIsAUsageErrorThatSaysWhichThereAre() {
    try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"))) {
      RedisEventLog.connect(RedisSettings.of(redis.uri(), "icecube")).close();
      assertThat(execute("inspect", "--redis", redis.uri(), "--partitions", "3")).isEqualTo(2);
      assertThat(err.toString()).contains("partitions: 3 (expected: 2");
      assertThat(execute("inspect", "--redis", redis.uri(), "--partition", "2")).isEqualTo(2);
      assertThat(err.toString()).contains("--partition: 2 (expected: 0..1)");
    }
  }

  @Test
  void aMissingGeometryFileIsNamed() {
    assertThat(
            execute(
                "run",
                "--events",
                "10",
                "--geometry",
                "/nowhere.csv",
                "--output",
                folder.toString()))
        .isEqualTo(3);
    assertThat(err.toString()).contains("/nowhere.csv");
  }
}
