// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import icecube.dataset.EventReader;
import icecube.dataset.FileNotes;
import icecube.dataset.GeometryCsv;
import icecube.physics.FeatureBuilder;
import icecube.proto.FeatureCodec;
import icecube.v1.FeatureBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training tensors: the bytes, what is left out, and what a second run does. */
@Timeout(60)
final class PrepareTest extends BatchCommandFixture {
  private static final Path GOLDEN = Path.of("../physics/src/test/resources/golden");
  private static final int GOLDEN_ROW_COUNT_MAX = 24;

  private int prepare(String... more) {
    return execute("prepare", List.of(more));
  }

  private Path features(int batch) {
    return output().resolve("features/batch_" + batch + ".parquet");
  }

  private void golden() throws IOException {
    Files.createDirectories(input());
    Files.copy(GOLDEN.resolve("features-pulses.csv"), input().resolve("batch_1.csv"));
    Files.copy(GOLDEN.resolve("features-sensors.csv"), input().resolve("sensor_geometry.csv"));
  }

  @Test
  void theBytesAreThoseOfAFeatureBatch() throws IOException {
    golden();
    assertThat(prepare("--row-count-max", "" + GOLDEN_ROW_COUNT_MAX)).as("%s", err).isZero();

    var builder =
        new FeatureBuilder(
            GeometryCsv.read(input().resolve("sensor_geometry.csv")), GOLDEN_ROW_COUNT_MAX);
    List<Group> rows = PreparedRows.read(features(1));
    try (EventReader events = EventReader.open(input().resolve("batch_1.csv"))) {
      for (Group row : rows) {
        var event = Objects.requireNonNull(events.next());
        FeatureBatch wire = FeatureCodec.encode(builder.build(List.of(event)));
        assertThat(row.getLong("event_id", 0)).isEqualTo(wire.getEventId(0));
        assertThat(row.getInteger("pulses_seen", 0)).isEqualTo(wire.getPulsesSeen(0));
        assertThat(row.getInteger("row_count", 0)).isEqualTo(wire.getRowCount(0));
        assertThat(row.getInteger("quality", 0)).isEqualTo(wire.getQualityBits(0));
        assertThat(row.getBinary("features", 0).getBytes()).isEqualTo(wire.getRows().toByteArray());
      }
      assertThat(events.next()).isNull();
    }
  }

  @Test
  void theFeaturesAreThoseOfTheReference() throws IOException {
    golden();
    assertThat(prepare("--row-count-max", "" + GOLDEN_ROW_COUNT_MAX)).as("%s", err).isZero();

    List<String> expected = Files.readAllLines(GOLDEN.resolve("features-rows.csv"));
    int line = 1;
    for (Group row : PreparedRows.read(features(1))) {
      ByteBuffer bytes =
          ByteBuffer.wrap(row.getBinary("features", 0).getBytes()).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        String[] cells = expected.get(line++).split(",", -1);
        assertThat(cells[0]).isEqualTo(Long.toString(row.getLong("event_id", 0)));
        for (int column = 1; column < cells.length; column++) {
          double value = Double.parseDouble(cells[column]);
          assertThat((double) bytes.getFloat())
              .as("line %d, column %d", line, column)
              .isCloseTo(value, within(1e-6 * Math.max(1, Math.abs(value))));
        }
      }
    }
    assertThat(line).isEqualTo(expected.size());
  }

  @Test
  void unsoundEventsAreLeftOutAndCountedByReason() throws IOException {
    batch(
        1,
        """
        1,5,100,1.0,False
        2,9999,100,1.0,False
        3,5,200,1.0,False
        3,5,100,1.0,False
        4,5,100,nan,False
        5,5,100,1.0,True
        """);
    Files.writeString(
        input().resolve("train_meta.csv"),
        """
        batch_id,event_id,first_pulse_index,last_pulse_index,azimuth,zenith
        1,1,0,0,1.5,0.5
        1,6,6,5,1.5,0.5
        """);
    assertThat(prepare("--json")).as("%s", err).isZero();

    JsonNode summary = summary();
    assertThat(summary.get("events").asLong()).isEqualTo(6);
    assertThat(summary.get("written").asLong()).isEqualTo(2);
    assertThat(summary.get("withTruth").asLong()).isEqualTo(1);
    assertThat(summary.get("leftOut"))
        .hasToString(
            "{\"CHARGE_OUT_OF_RANGE\":1,\"EVENT_EMPTY\":1,\"SENSOR_UNKNOWN\":1,\"TIME_UNSORTED\":1}");
    List<Group> rows = PreparedRows.read(features(1));
    assertThat(rows).extracting(row -> row.getLong("event_id", 0)).containsExactly(1L, 5L);
    assertThat(rows.get(0).getDouble("azimuth", 0)).isCloseTo(1.5, within(1e-12));
    assertThat(rows.get(0).getDouble("zenith", 0)).isCloseTo(0.5, within(1e-12));
    assertThat(PreparedRows.has(rows.get(1), "azimuth")).isFalse();
    assertThat(PreparedRows.has(rows.get(0), "energy_gev")).isFalse();
  }

  @Test
  void simulatedEventsKeepTheirEnergyAndShape() throws IOException {
    simulate(30, 20);
    assertThat(prepare("--json")).as("%s", err).isZero();
    assertThat(summary().get("withTruth").asLong()).isEqualTo(30);
    for (int batch = 1; batch <= 2; batch++) {
      for (Group row : PreparedRows.read(features(batch))) {
        assertThat(row.getDouble("energy_gev", 0)).isPositive();
        assertThat(PreparedRows.has(row, "is_track")).isTrue();
        assertThat(PreparedRows.has(row, "azimuth")).isTrue();
        assertThat(row.getBinary("features", 0).length())
            .isEqualTo(row.getInteger("row_count", 0) * 24);
      }
    }
  }

  @Test
  void aSecondRunGoesOnWithTheBatchesThatAreMissing() throws IOException {
    batch(1, "1,5,100,1.0,False\n2,9999,100,1.0,False\n");
    batch(2, "3,5,100,1.0,False\n");
    assertThat(prepare("--json")).as("%s", err).isZero();
    assertThat(summary().get("batchesBefore").asInt()).isZero();
    FileTime first = Files.getLastModifiedTime(features(1));
    Files.delete(features(2));
    Files.writeString(output().resolve("features/.batch_2.parquet.part"), "what a kill -9 left");

    assertThat(prepare("--json")).as("%s", err).isZero();
    JsonNode summary = summary();
    assertThat(summary.get("batchesBefore").asInt()).isEqualTo(1);
    assertThat(summary.get("events").asLong()).isEqualTo(3);
    assertThat(summary.get("leftOut")).hasToString("{\"SENSOR_UNKNOWN\":1}");
    assertThat(Files.getLastModifiedTime(features(1))).isEqualTo(first);
    try (Stream<Path> left = Files.list(output().resolve("features"))) {
      assertThat(left).containsExactlyInAnyOrder(features(1), features(2));
    }
  }

  @Test
  void filesOfAnotherPreparationAreNotMixedIn() throws IOException {
    batch(1, "1,5,100,1.0,False\n");
    assertThat(prepare()).as("%s", err).isZero();
    assertThat(prepare("--row-count-max", "100")).isEqualTo(4);
    assertThat(err.toString()).contains("batch_1.parquet: made of").contains("another --output");

    Files.move(features(1), features(7));
    assertThat(prepare()).isEqualTo(4);
    assertThat(err.toString()).contains("batch_7.parquet: no such batch in the input");
  }

  @Test
  void aLimitTakesTheFirstEventsOfTheFirstBatches() throws IOException {
    batch(1, "1,5,100,1.0,False\n2,5,100,1.0,False\n");
    batch(2, "3,5,100,1.0,False\n4,5,100,1.0,False\n");
    batch(3, "5,5,100,1.0,False\n");
    assertThat(prepare("--events", "3", "--json")).as("%s", err).isZero();
    JsonNode summary = summary();
    assertThat(summary.get("events").asLong()).isEqualTo(3);
    assertThat(summary.get("batches").asInt()).isEqualTo(2);
    assertThat(PreparedRows.read(features(2)))
        .extracting(row -> row.getLong("event_id", 0))
        .containsExactly(3L);
    assertThat(features(3)).doesNotExist();
    // What is there is a part only: the whole must not take it for its own.
    assertThat(prepare()).isEqualTo(4);
  }

  @Test
  void aDamagedBatchEndsTheRunAndLeavesNoHalfFile() throws IOException {
    batch(1, "1,5,100,1.0,False\n2,5,no time,1.0,False\n");
    assertThat(prepare()).isEqualTo(3);
    assertThat(err.toString()).contains("batch_1.csv").contains("no time");
    try (Stream<Path> left = Files.list(output().resolve("features"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void anInterruptionLeavesNoHalfFile() throws IOException {
    batch(1, "1,5,100,1.0,False\n".repeat(3));
    Thread.currentThread().interrupt();
    int code = prepare();
    Thread.interrupted(); // for the tests after this one
    assertThat(code).isEqualTo(130);
    if (Files.exists(output().resolve("features"))) {
      try (Stream<Path> left = Files.list(output().resolve("features"))) {
        // A file may have been made whole before anybody looked; half a file has no notes.
        assertThat(left)
            .allSatisfy(
                file -> assertThat(FileNotes.read(file)).containsKey("icecube.feature_version"));
      }
    }
  }

  @Test
  void theDetectorAndTheLimitStandInEveryFile() throws IOException {
    batch(1, "1,5,100,1.0,False\n");
    assertThat(prepare("--row-count-max", "192")).as("%s", err).isZero();
    assertThat(FileNotes.read(features(1)))
        .containsEntry("icecube.feature_version", "1")
        .containsEntry("icecube.row_count_max", "192")
        .hasEntrySatisfying(
            "icecube.geometry", name -> assertThat(name).matches("icecube-86@[0-9a-f]{12}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--row-count-max 0 | 2 | --row-count-max: 0 (expected: 1..262144)",
        "--threads -1      | 2 | --threads: -1 (expected: 0..256",
        "--threads 257     | 2 | --threads: 257 (expected: 0..256",
        "--events 0        | 2 | --events: 0 (expected: at least 1)",
        "--geometry /none  | 3 | /none",
      })
  void aWrongValueNamesFlagAndExpectation(String flag, int code, String message)
      throws IOException {
    batch(1, "1,5,100,1.0,False\n");
    assertThat(prepare(flag.split(" +", 2))).isEqualTo(code);
    assertThat(err.toString()).contains(message);
    assertThat(output()).doesNotExist();
  }

  @Test
  void whatCannotBeReadOrWrittenIsNamed() throws IOException {
    assertThat(execute("prepare", "--input", "/nowhere", "--output", output().toString()))
        .isEqualTo(3);
    assertThat(err.toString()).contains("/nowhere");
    assertThat(execute("prepare", "--input", "/nowhere")).isEqualTo(2);
    assertThat(err.toString()).contains("--output");
    batch(1, "1,5,100,1.0,False\n");
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertThat(execute("prepare", "--input", input().toString(), "--output", file + "/prepared"))
        .isEqualTo(4);
    assertThat(err.toString()).contains("choose another --output");
  }
}
