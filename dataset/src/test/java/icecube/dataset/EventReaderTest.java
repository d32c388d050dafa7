// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where events begin and end, and what the reader lets pass. */
final class EventReaderTest {
  private static final String HEADER = "event_id,sensor_id,time,charge,auxiliary\n";

  @TempDir private Path folder;

  private Path csv(String lines) throws IOException {
    return Files.writeString(folder.resolve("batch_1.csv"), lines);
  }

  @Test
  void contiguousRowsWithOneIdAreOneEvent() throws IOException {
    var events = Samples.read(csv(HEADER + "7,1,5,1,0\n7,2,6,1,1\n9,3,5,1,0\n7,4,5,1,0\n"));
    assertThat(events).extracting(Event::id).containsExactly(7L, 9L, 7L);
    assertThat(events).extracting(event -> event.pulses().count()).containsExactly(2, 1, 1);
  }

  @Test
  void csvColumnsMayStandInAnyOrderWithAnySpelling() throws IOException {
    var events =
        Samples.read(
            csv(
                String.join(
                    "\r\n",
                    "\ufeffcharge, auxiliary ,surplus,time,sensor_id,event_id",
                    "1.5,True,x,5,3,7",
                    " 2.5 ,false,,6.5,4,7",
                    "",
                    "\"3\",1,\"a\nb\",7,5,7")));
    assertThat(events)
        .containsExactly(
            new Event(
                7,
                PulseSeries.of(
                    new int[] {3, 4, 5},
                    new float[] {5, 6.5f, 7},
                    new float[] {1.5f, 2.5f, 3},
                    new boolean[] {true, false, true})));
  }

  @Test
  void csvAndParquetGiveTheSameEvents() throws IOException {
    var events = Samples.events(5, 100, 300);
    var lines = new StringBuilder(HEADER);
    for (Event event : events) {
      for (int i = 0; i < event.pulses().count(); i++) {
        lines.append(
            "%d,%d,%s,%s,%s%n"
                .formatted(
                    event.id(),
                    event.pulses().sensorId(i),
                    event.pulses().timeNs(i),
                    event.pulses().chargePe(i),
                    event.pulses().auxiliary(i)));
      }
    }
    assertThat(Samples.read(csv(lines.toString()))).isEqualTo(events);
  }

  @ParameterizedTest
  @CsvSource({
    "'1,NaN,6,1,0', sensor_id, NaN, an integer",
    "'1,2,x,1,0', time, x, a number",
    "'1,2,6,,0', charge, empty, a number",
    "'1,2,6,1,maybe', auxiliary, maybe, True or False",
    "'1.5,2,6,1,1', event_id, 1.5, an integer",
  })
  void aWrongCellIsNamedByFileLineAndColumn(
      String line, String column, String value, String expectation) throws IOException {
    Path file = csv(HEADER + "1,2,5,1,0\n" + line + "\n");
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("batch_1.csv: line 3, column %s: %s", column, value)
        .hasMessageContaining("(expected: %s)", expectation);
  }

  @Test
  void aLineWithFewerCellsThanTheHeaderIsNamed() throws IOException {
    Path file = csv(HEADER + "1,2,5,1,0\n1,2,6,1\n");
    assertThatThrownBy(() -> Samples.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("line 3")
        .hasMessageContaining("4 fields");
  }

  @Test
  void aCsvWithoutItsColumnsIsRefused() throws IOException {
    assertThatThrownBy(() -> Samples.read(csv("a,b\n1,2\n")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("column event_id is missing")
        .hasMessageContaining("found: a, b");
    assertThatThrownBy(() -> Samples.read(csv("")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("column event_id is missing");
  }

  @Test
  void aMissingFileIsAnInputFault() {
    assertThatThrownBy(() -> EventReader.open(folder.resolve("batch_9.parquet")))
        .isInstanceOfSatisfying(
            DatasetException.class,
            e -> assertThat(e.kind()).isEqualTo(DatasetException.Kind.INPUT))
        .hasMessageContaining("batch_9.parquet: not there");
  }

  @Test
  void whatIsWrongWithAnEventPassesThrough() throws IOException {
    var events =
        Samples.read(
            csv(
                HEADER
                    + "1,5160,5,1,0\n"
                    + "2,9999999999,5,1,0\n"
                    + "3,-9999999999,5,1,0\n"
                    + "4,1,-5,NaN,0\n"
                    + "5,1,16777219,inf,0\n"
                    + "6,1,9,1,0\n6,1,8,-1,0\n"));
    assertThat(events)
        .extracting(event -> EventDefect.find(event.pulses(), IceCube86.geometry()).get().defect())
        .containsExactly(
            EventDefect.SENSOR_UNKNOWN,
            EventDefect.SENSOR_UNKNOWN,
            EventDefect.SENSOR_UNKNOWN,
            EventDefect.TIME_OUT_OF_RANGE,
            EventDefect.TIME_OUT_OF_RANGE,
            EventDefect.TIME_UNSORTED);
    assertThat(events.get(1).pulses().sensorId(0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(events.get(3).pulses().chargePe(0)).isNaN();
    assertThat(events.get(4).pulses().timeNs(0)).isEqualTo(16_777_220f);
  }

  @Test
  void parquetPassesOnWhatIsWrongAsWell() {
    var columns = Variant.KAGGLE.replace("int32 sensor_id (INTEGER(16,true))", "int64 sensor_id");
    var event = Samples.event(1, Integer.MIN_VALUE, -7, Float.POSITIVE_INFINITY, false);
    Path file =
        Variant.kaggle().columns(columns).write(folder.resolve("b.parquet"), List.of(event));
    assertThat(Samples.read(file)).containsExactly(event);
  }

  @Test
  void anEventBeyondTheLimitIsCutWhereItIsSurelyTooLarge() {
    int count = EventDefect.PULSE_COUNT_MAX + 50_000;
    var large =
        new Event(
            1,
            PulseSeries.of(new int[count], new float[count], new float[count], new boolean[count]));
    var small = Samples.event(2, 1, 5, 1, true);
    var events = Samples.read(Samples.write(folder.resolve("b.parquet"), List.of(large, small)));
    assertThat(events).hasSize(2);
    assertThat(events.get(0).pulses().count()).isEqualTo(EventDefect.PULSE_COUNT_MAX + 1);
    assertThat(EventDefect.find(events.get(0).pulses(), IceCube86.geometry()).get().defect())
        .isEqualTo(EventDefect.TOO_LARGE);
    assertThat(events.get(1)).isEqualTo(small);
  }

  @Test
  void theLargestEventOfTheFirstBatchComesWhole() {
    var events = List.of(new Event(1, Samples.pulses(new java.util.SplittableRandom(1), 110_517)));
    assertThat(Samples.read(Samples.write(folder.resolve("b.parquet"), events))).isEqualTo(events);
  }
}
