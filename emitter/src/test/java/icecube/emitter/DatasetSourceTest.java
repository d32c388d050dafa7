// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import icecube.dataset.BatchWriter;
import icecube.dataset.DatasetException;
import icecube.dataset.GeometryCsv;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  private void write(int batch, Event... events) {
    try (var writer = BatchWriter.create(folder.resolve("batch_" + batch + ".parquet"))) {
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
