// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.dataset.BatchEvents.Position;
import icecube.physics.Direction;
import icecube.physics.Event;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading on from a place where an earlier reading was. */
final class SeekTest {
  private static final int GROUP_ROWS = 2_000;

  @TempDir private Path folder;

  /** A place, and the event that stands there. */
  private record Stop(Position position, BatchEvents.Entry next) {}

  @Test
  void everyPlaceOfManyRowGroupsIsFoundAgain() throws IOException {
    write("batch_1.parquet", Samples.events(1, 400, 60));
    write("batch_2.parquet", Samples.events(2, 300, 60));
    assertEveryPlaceIsFoundAgain();
  }

  @Test
  void everyPlaceOfParquetBesideCsvWithAMetaIsFoundAgain() throws IOException {
    write("batch_1.parquet", Samples.events(1, 60, 200));
    csv("batch_2.csv", 60);
    meta(1, 2);
    assertEveryPlaceIsFoundAgain();
  }

  @Test
  void anEventAcrossTheEndOfARowGroupIsReadWhole() throws IOException {
    var random = new SplittableRandom(3);
    List<Event> events = new ArrayList<>();
    for (int id = 1; id <= 8; id++) {
      events.add(new Event(id, Samples.pulses(random, GROUP_ROWS + 700)));
    }
    write("batch_1.parquet", events);
    assertEveryPlaceIsFoundAgain();
  }

  @Test
  void rowGroupsBeforeThePlaceAreNotRead() throws IOException {
    write("batch_1.parquet", Samples.events(1, 400, 60));
    List<Stop> stops = stops();
    destroyFirstBytes(folder.resolve("batch_1.parquet"), 8_000);
    assertThatThrownBy(this::stops).isInstanceOf(DatasetException.class);
    Stop late = stops.get(350);
    assertThat(late.position().row()).isGreaterThan(3 * GROUP_ROWS);
    assertThat(readFrom(late.position())).isEqualTo(entriesOf(stops.subList(350, stops.size())));
  }

  @Test
  void theEndIsAPlaceToo() throws IOException {
    write("batch_1.parquet", Samples.events(1, 10, 5));
    meta(1);
    try (BatchEvents events = BatchEvents.open(KaggleFolder.open(folder))) {
      while (events.next() != null) {
        // to the end
      }
      assertThat(readFrom(events.position())).isEmpty();
    }
  }

  @Test
  void triggerTimesComeWithTheirEvents() throws IOException {
    write("batch_1.parquet", Samples.events(1, 3, 5));
    meta(1);
    assertThat(MetaReader.hasTriggerTimes(folder.resolve("train_meta.parquet"))).isTrue();
    assertThat(stops())
        .extracting(stop -> stop.next().triggerTimeNs())
        .startsWith(1_000L, 2_000L, 3_000L);
  }

  @Test
  void aMetaInCsvMayHaveTriggerTimes() throws IOException {
    write("batch_1.parquet", Samples.events(1, 2, 5));
    Files.writeString(
        folder.resolve("train_meta.csv"),
        """
        batch_id,event_id,first_pulse_index,last_pulse_index,trigger_time_ns
        1,1,0,1,0
        1,2,2,3,370370
        """,
        StandardCharsets.UTF_8);
    assertThat(stops())
        .extracting(stop -> stop.next().triggerTimeNs())
        .containsExactly(0L, 370_370L);
  }

  @Test
  void aMetaWithoutTriggerTimesSaysSo() throws IOException {
    write("batch_1.parquet", Samples.events(1, 1, 5));
    Path file = folder.resolve("train_meta.parquet");
    try (MetaWriter writer = MetaWriter.create(file)) {
      writer.write(new MetaRow(1, 1, 0, 1, Direction.ofAngles(1, 1)));
    }
    assertThat(MetaReader.hasTriggerTimes(file)).isFalse();
    assertThat(stops().get(0).next().triggerTimeNs()).isNull();
  }

  private void assertEveryPlaceIsFoundAgain() {
    List<Stop> stops = stops();
    for (int from = 0; from < stops.size(); from += 1 + stops.size() / 40) {
      assertThat(readFrom(stops.get(from).position()))
          .as("from event %d", from)
          .isEqualTo(entriesOf(stops.subList(from, stops.size())));
    }
  }

  private List<Stop> stops() {
    List<Stop> stops = new ArrayList<>();
    try (BatchEvents events = BatchEvents.open(KaggleFolder.open(folder))) {
      while (true) {
        Position position = events.position();
        var entry = events.next();
        if (entry == null) {
          return stops;
        }
        stops.add(new Stop(position, entry));
      }
    }
  }

  private List<BatchEvents.Entry> readFrom(Position position) {
    List<BatchEvents.Entry> entries = new ArrayList<>();
    try (BatchEvents events = BatchEvents.open(KaggleFolder.open(folder), position)) {
      for (var entry = events.next(); entry != null; entry = events.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private static List<BatchEvents.Entry> entriesOf(List<Stop> stops) {
    return stops.stream().map(Stop::next).toList();
  }

  private void write(String name, List<Event> events) throws IOException {
    Variant.kaggle().rows(GROUP_ROWS, 500).write(folder.resolve(name), events);
  }

  private void csv(String name, int eventCount) throws IOException {
    var text = new StringBuilder("event_id,sensor_id,time,charge,auxiliary\n");
    for (int id = 1_001; id <= 1_000 + eventCount; id++) {
      for (int pulse = 0; pulse < 1 + id % 4; pulse++) {
        text.append(id).append(",7,").append(100 + pulse).append(",1.025,True\n");
      }
    }
    Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  /** Every event of the batches, and after each tenth one that has no pulse; two of those alike. */
  private void meta(int... batches) {
    Path file = folder.resolve("train_meta.parquet");
    try (MetaWriter writer = MetaWriter.createWithTriggerTimes(file)) {
      long time = 0;
      for (int batch : batches) {
        for (long id : ids(batch)) {
          time += 1_000;
          writer.write(
              new MetaRow(batch, id, 0, 0, Direction.ofAngles((double) (id % 6), 1), time));
          if (id % 10 == 0) {
            writer.write(new MetaRow(batch, -id, 0, -1, Direction.ofAngles(2, 2), time + 5));
            writer.write(new MetaRow(batch, -(id / 20), 0, -1, Direction.ofAngles(2, 1), time + 6));
          }
        }
      }
    }
  }

  private List<Long> ids(int batch) {
    Path parquet = folder.resolve("batch_" + batch + ".parquet");
    Path file = Files.exists(parquet) ? parquet : folder.resolve("batch_" + batch + ".csv");
    return Samples.read(file).stream().map(event -> requireNonNull(event).id()).toList();
  }

  /** Behind the magic at the start; the footer at the end stays. */
  private static void destroyFirstBytes(Path file, int count) throws IOException {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(4);
      bytes.write(new byte[count]);
    }
  }
}
