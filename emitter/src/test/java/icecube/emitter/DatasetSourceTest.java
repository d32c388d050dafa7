// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import icecube.dataset.BatchWriter;
import icecube.dataset.DatasetException;
import icecube.dataset.GeometryCsv;
import icecube.dataset.MetaRow;
import icecube.dataset.MetaWriter;
import icecube.otel.Telemetry;
import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.stream.InMemoryEventLog;
import icecube.v1.DeadLetter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetSourceTest {
  private static final DetectorGeometry TINY =
      DetectorGeometry.of("tiny", new float[] {0, 1}, new float[] {0, 1}, new float[] {5, 6});

  @TempDir Path folder;

  @Test
  void allBatchesAreReadInTheirOrderAndAgain() {
    write(2, ListSource.event(7, 3), ListSource.event(8, 2));
    write(1, ListSource.event(9, 4));
    var source = DatasetSource.open(folder, Optional.empty());
    assertThat(read(source)).extracting(Event::id).containsExactly(9L, 7L, 8L);
    assertThat(read(source)).isEqualTo(read(source));
  }

  @Test
  void withoutAGeometryItIsTheBuiltInDetector() {
    write(1, ListSource.event(1, 1));
    assertThat(DatasetSource.open(folder, Optional.empty()).geometry())
        .isEqualTo(IceCube86.geometry());
  }

  @Test
  void theDataSetsOwnGeometryIsTaken() {
    write(1, ListSource.event(1, 1));
    GeometryCsv.write(folder.resolve("sensor_geometry.csv"), TINY);
    assertThat(DatasetSource.open(folder, Optional.empty()).geometry()).isEqualTo(TINY);
  }

  @Test
  void anExplicitGeometryWins() {
    write(1, ListSource.event(1, 1));
    GeometryCsv.write(folder.resolve("sensor_geometry.csv"), TINY);
    assertThat(DatasetSource.open(folder, Optional.of(IceCube86.geometry())).geometry())
        .isEqualTo(IceCube86.geometry());
  }

  @Test
  void theFingerprintIsThatOfTheFilesAndNotOfTheirTimes() throws Exception {
    write(1, ListSource.event(1, 1));
    String before = DatasetSource.open(folder, Optional.empty()).fingerprint();
    Path file = folder.resolve("batch_1.parquet");
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));
    assertThat(DatasetSource.open(folder, Optional.empty()).fingerprint()).isEqualTo(before);
    write(2, ListSource.event(2, 1));
    assertThat(DatasetSource.open(folder, Optional.empty()).fingerprint()).isNotEqualTo(before);
  }

  @Test
  void aChangedFileOfTheSameSizeHasAnotherFingerprint() throws Exception {
    Path file = folder.resolve("batch_1.csv");
    String rows = "event_id,sensor_id,time,charge,auxiliary\n1,5,100,1.0,False\n";
    Files.writeString(file, rows, StandardCharsets.UTF_8);
    String before = DatasetSource.open(folder, Optional.empty()).fingerprint();
    Files.writeString(file, rows.replace("1.0", "2.0"), StandardCharsets.UTF_8);
    assertThat(DatasetSource.open(folder, Optional.empty()).fingerprint()).isNotEqualTo(before);
  }

  @Test
  void aFolderWithoutBatchesIsAnError() {
    assertThatThrownBy(() -> DatasetSource.open(folder, Optional.empty()))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("no batch");
  }

  @Test
  void foldersAreReadOneAfterTheOther() throws Exception {
    write(folder.resolve("b/batch_1.parquet"), ListSource.event(1, 1), ListSource.event(2, 1));
    write(folder.resolve("a/batch_2.parquet"), ListSource.event(3, 1));
    Files.writeString(
        folder.resolve("a/batch_3.csv"),
        "event_id,sensor_id,time,charge,auxiliary\n4,5,100,1.0,False\n",
        StandardCharsets.UTF_8);
    var source = open("b", "a");
    assertThat(read(source)).extracting(Event::id).containsExactly(1L, 2L, 3L, 4L);
    assertThat(open("a", "b").fingerprint()).isNotEqualTo(source.fingerprint());
    assertThat(open("b", "a").fingerprint()).isEqualTo(source.fingerprint());
    assertThat(open("b").fingerprint()).isNotEqualTo(source.fingerprint());
  }

  @Test
  void aPlaceInAnyFolderIsFoundAgain() throws Exception {
    writeRecorded("a", 1, 2, 3);
    writeRecorded("b", 4, 5);
    var source = open("a", "b");
    List<SourcePosition> places = new ArrayList<>();
    List<SourceEvent> events = new ArrayList<>();
    try (var cursor = source.open()) {
      places.add(cursor.position());
      for (var next = cursor.next(); next != null; next = cursor.next()) {
        events.add(next);
        places.add(cursor.position());
      }
    }
    assertThat(events).hasSize(5);
    for (int from = 0; from <= events.size(); from++) {
      List<SourceEvent> again = new ArrayList<>();
      try (var cursor = source.open(places.get(from))) {
        for (var next = cursor.next(); next != null; next = cursor.next()) {
          again.add(next);
        }
      }
      assertThat(again).isEqualTo(events.subList(from, events.size()));
    }
  }

  @Test
  void aPlaceOfAnotherSourceIsRefused() {
    write(1, ListSource.event(1, 1));
    var source = DatasetSource.open(folder, Optional.empty());
    assertThatThrownBy(() -> source.open(new SourcePosition() {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theTimesOfAFolderFollowThoseOfTheOneBefore() {
    writeRecorded("a", 1, 2, 3);
    writeRecorded("b", 4, 5);
    var source = open("a", "b");
    assertThat(source.hasTriggerTimes()).isTrue();
    List<Long> times = new ArrayList<>();
    try (var cursor = source.open()) {
      for (var next = cursor.next(); next != null; next = cursor.next()) {
        times.add(next.triggerTimeNs());
      }
    }
    assertThat(times).containsExactly(0L, 1_000L, 2_000L, 2_000L, 3_000L);
  }

  @Test
  void oneFolderWithoutTimesIsEnoughToHaveNone() {
    writeRecorded("a", 1);
    write(folder.resolve("b/batch_1.parquet"), ListSource.event(2, 1));
    assertThat(open("a", "b").hasTriggerTimes()).isFalse();
    assertThat(open("b").hasTriggerTimes()).isFalse();
  }

  @Test
  void foldersOfDifferentDetectorsAreRefusedUnlessOneIsNamed() {
    write(folder.resolve("a/batch_1.parquet"), ListSource.event(1, 1));
    write(folder.resolve("b/batch_1.parquet"), ListSource.event(2, 1));
    GeometryCsv.write(folder.resolve("b/sensor_geometry.csv"), TINY);
    assertThatThrownBy(() -> open("a", "b"))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("as before");
    var inputs = List.of(folder.resolve("a"), folder.resolve("b"));
    assertThat(DatasetSource.open(inputs, Optional.of(TINY)).geometry()).isEqualTo(TINY);
  }

  @Test
  void idsThatRepeatAcrossFoldersAreDuplicates() throws Exception {
    write(folder.resolve("a/batch_1.parquet"), ListSource.event(1, 1), ListSource.event(2, 1));
    write(folder.resolve("b/batch_1.parquet"), ListSource.event(2, 1), ListSource.event(3, 1));
    var log = new InMemoryEventLog(2);
    var consumer = new DrainingConsumer(log);
    var time = new FakeTime(1, () -> consumer.drain(10));
    var meters = new SimpleMeterRegistry();
    var summary =
        new Emitter(open("a", "b"), log, EmitterSettings.DEFAULT, Telemetry.of(meters), time).run();
    assertThat(summary.isComplete()).isTrue();
    assertThat(consumer.publishedIds()).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(consumer.letters()).extracting(DeadLetter::getEventId).containsExactly(2L);
  }

  @Test
  void theRealTestBatchHasItsThreeEvents() {
    String data = System.getProperty("icecube.data", "");
    assumeFalse(data.isEmpty(), "no real files: give their folder with -Dicecube.data=DIR");
    var real = Path.of(data, "kaggle");
    assumeFalse(
        !Files.exists(real.resolve("batch_661.parquet")), "batch_661.parquet is not in " + real);
    var source = onlyBatch661(real);
    assertThat(read(source)).extracting(Event::id).containsExactly(2092L, 7344L, 9482L);
    assertThat(source.geometry().sensorCount()).isEqualTo(5_160);
  }

  private DatasetSource onlyBatch661(Path real) {
    try {
      for (String name : List.of("batch_661.parquet", "sensor_geometry.csv")) {
        Files.copy(real.resolve(name), folder.resolve(name));
      }
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    return DatasetSource.open(folder, Optional.empty());
  }

  @Test
  void energyAndShapeComeOutOfTheMetaWhereItTellsThem() {
    write(folder.resolve("batch_1.parquet"), ListSource.event(7, 2), ListSource.event(8, 2));
    try (var meta = MetaWriter.createSimulated(folder.resolve("train_meta.parquet"))) {
      meta.write(new MetaRow(1, 7, 0, 1, Direction.ofAngles(1, 1), 0L, 500.0, true));
    }
    try (var cursor = open("batch_1.parquet").open()) {
      var told = requireNonNull(cursor.next());
      assertThat(told.energyGev()).isEqualTo(500.0);
      assertThat(told.isTrack()).isTrue();
      var untold = requireNonNull(cursor.next());
      assertThat(untold.energyGev()).isNull();
      assertThat(untold.isTrack()).isNull();
    }
  }

  private DatasetSource open(String... names) {
    return DatasetSource.open(Arrays.stream(names).map(folder::resolve).toList(), Optional.empty());
  }

  /** Events 1 µs apart. */
  private void writeRecorded(String name, long... ids) {
    Event[] events =
        Arrays.stream(ids).mapToObj(id -> ListSource.event(id, 2)).toArray(Event[]::new);
    write(folder.resolve(name).resolve("batch_1.parquet"), events);
    Path file = folder.resolve(name).resolve("train_meta.parquet");
    try (var meta = MetaWriter.createWithTriggerTimes(file)) {
      for (int event = 0; event < ids.length; event++) {
        var truth = Direction.ofAngles(1, 1);
        meta.write(new MetaRow(1, ids[event], 0, 1, truth, event * 1_000L));
      }
    }
  }

  private void write(int batch, Event... events) {
    write(folder.resolve("batch_" + batch + ".parquet"), events);
  }

  private static void write(Path file, Event... events) {
    try (var writer = BatchWriter.create(file)) {
      for (Event event : events) {
        writer.write(event);
      }
    }
  }

  private static List<Event> read(EventSource source) {
    List<Event> events = new ArrayList<>();
    try (var cursor = source.open()) {
      for (var next = cursor.next(); next != null; next = cursor.next()) {
        events.add(next.event());
      }
    }
    return events;
  }
}
