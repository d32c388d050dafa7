// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders, geometries, submissions, and places that cannot be written. */
final class FilesAroundTest {
  private static final String META = "batch_id,event_id,first_pulse_index,last_pulse_index\n";

  @TempDir private Path folder;

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, META);
  }

  @Test
  void theRootFindsItsTrainFolderAndWhatLiesBeside() throws IOException {
    Path batch = file("train/batch_1.parquet");
    file("train/batch_x.parquet");
    file("train/batch_1.parquet.part");
    Path meta = file("train_meta.parquet");
    Path geometry = file("sensor_geometry.csv");
    var expected =
        new KaggleFolder(
            List.of(new KaggleFolder.Batch(1, batch)),
            java.util.Optional.of(meta),
            java.util.Optional.of(geometry));
    assertThat(KaggleFolder.open(folder)).isEqualTo(expected);
    assertThat(KaggleFolder.open(folder.resolve("train"))).isEqualTo(expected);
  }

  @Test
  void theTestFolderTakesTheTestMeta() throws IOException {
    file("test/batch_661.parquet");
    file("train_meta.parquet");
    Path meta = file("test_meta.parquet");
    assertThat(KaggleFolder.open(folder).metaFile()).contains(meta);
    assertThat(KaggleFolder.open(folder.resolve("test")).metaFile()).contains(meta);
  }

  @Test
  void filesBesideEachOtherAreAFolderToo() throws IOException {
    file("batch_2.csv");
    file("batch_1.parquet");
    Path meta = file("train_meta.csv");
    var found = KaggleFolder.open(folder);
    assertThat(found.batches()).extracting(KaggleFolder.Batch::id).containsExactly(1L, 2L);
    assertThat(found.metaFile()).contains(meta);
    assertThat(found.geometryFile()).isEmpty();
  }

  @Test
  void trainAndTestTogetherAreAmbiguous() throws IOException {
    file("train/batch_1.parquet");
    file("test/batch_661.parquet");
    assertThatThrownBy(() -> KaggleFolder.open(folder))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("name one of the two");
  }

  @Test
  void oneBatchInTwoFilesIsAmbiguous() throws IOException {
    file("batch_1.csv");
    file("batch_1.parquet");
    assertThatThrownBy(() -> KaggleFolder.open(folder))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("the same batch (expected: one of the two)");
  }

  @Test
  void anEmptyFolderSaysWhatWasLookedFor() {
    assertThatThrownBy(() -> KaggleFolder.open(folder))
        .isInstanceOfSatisfying(
            DatasetException.class,
            e -> assertThat(e.kind()).isEqualTo(DatasetException.Kind.INPUT))
        .hasMessageContaining("no batch (expected: batch_N.parquet or batch_N.csv");
  }

  @Test
  void whatIsNoFolderIsSaid() throws IOException {
    Path file = file("batch_1.csv");
    assertThatThrownBy(() -> KaggleFolder.open(file)).hasMessageContaining("not a folder");
    assertThatThrownBy(() -> KaggleFolder.open(folder.resolve("absent")))
        .hasMessageContaining("not there");
  }

  @ParameterizedTest
  @CsvSource({
    "'0,0,0,0\n2,0,0,0', sensor_id 1 is missing (expected: 0..1)",
    "'0,0,0,0\n0,0,0,0', 'sensor_id: 0 (expected: 0..65535, each once)'",
    "'-1,0,0,0', sensor_id: -1",
    "'99999,0,0,0', sensor_id: 99999",
    "'0,nan,0,0', 'sensor 0: (NaN, 0.0, 0.0) (expected: finite metres)'",
    "'0,1e300,0,0', expected: finite metres",
    "'0,a,0,0', 'line 2, column x: a (expected: a number)'",
    "'', sensors: 0",
  })
  void aGeometryThatIsNoneIsRefused(String lines, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("g.csv"), "sensor_id,x,y,z\n" + lines + "\n");
    assertThatThrownBy(() -> GeometryCsv.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("g.csv: ")
        .hasMessageContaining(message);
  }

  @Test
  void aGeometryMayStandInAnyOrder() throws IOException {
    Path file = Files.writeString(folder.resolve("g.csv"), "z,y,x,sensor_id\n3,2,1,1\n6,5,4,0\n");
    var geometry = GeometryCsv.read(file);
    assertThat(geometry.xMeters(1)).isEqualTo(1);
    assertThat(geometry.zMeters(0)).isEqualTo(6);
  }

  private static PredictionRow prediction(long eventId, double azimuthRad) {
    var unknown = OptionalDouble.empty();
    return new PredictionRow(
        eventId, azimuthRad, 0.5, unknown, unknown, unknown, 9, 9, "line-fit", "1", "");
  }

  @Test
  void aSubmissionOutOfOrderIsRefusedAndLeavesNothing() {
    Path file = folder.resolve("submission.csv");
    assertThatThrownBy(
            () -> SubmissionWriter.write(file, List.of(prediction(8, 1), prediction(8, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("event_id: 8 after 8 (expected: rising)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSubmissionIsCsvAsTheCompetitionTakesIt() {
    Path file = folder.resolve("submission.csv");
    SubmissionWriter.write(file, List.of(prediction(-4, 0), prediction(8, 1e-9)));
    assertThat(file).hasContent("event_id,azimuth,zenith\n-4,0.0,0.5\n8,1.0E-9,0.5\n");
  }

  @Test
  void aSubmissionWithoutAnAngleIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("s.csv"), "event_id,azimuth,zenith\n1,nan,0.5\n");
    try (SubmissionReader reader = SubmissionReader.open(file)) {
      assertThatThrownBy(reader::next)
          .isInstanceOf(DatasetException.class)
          .hasMessageContaining("expected: finite angles");
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsAnOutputFault() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "");
    List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> writings =
        List.of(
            () -> BatchWriter.create(plain.resolve("batch_1.parquet")),
            () -> MetaWriter.create(plain.resolve("train_meta.parquet")),
            () -> GeometryCsv.write(plain.resolve("g.csv"), IceCube86.geometry()),
            () -> SubmissionWriter.write(plain.resolve("s.csv"), List.of(prediction(1, 1))),
            () -> PredictionWriter.write(plain.resolve("p.parquet"), List.of(prediction(1, 1))));
    for (var writing : writings) {
      assertThatThrownBy(writing)
          .isInstanceOfSatisfying(
              DatasetException.class,
              e -> assertThat(e.kind()).isEqualTo(DatasetException.Kind.OUTPUT))
          .hasMessageContaining("expected: a place that can be written");
    }
  }

  @Test
  void aFolderInThePlaceOfTheFileIsAnOutputFault() throws IOException {
    Path place = folder.resolve("submission.csv");
    Files.createDirectories(place.resolve("inside"));
    assertThatThrownBy(() -> SubmissionWriter.write(place, List.of(prediction(1, 1))))
        .isInstanceOfSatisfying(
            DatasetException.class,
            e -> assertThat(e.kind()).isEqualTo(DatasetException.Kind.OUTPUT));
  }

  @ParameterizedTest
  @CsvSource({"40000, 5, sensor_id: 40000", "1, NaN, time: NaN", "1, Infinity, time: Infinity"})
  void aPulseThatTheFormatCannotTellLeavesNoFile(int sensorId, float timeNs, String message) {
    var event = Samples.event(1, sensorId, timeNs, 1, true);
    BatchWriter writer = BatchWriter.create(folder.resolve("batch_1.parquet"));
    assertThatThrownBy(() -> writer.write(event))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    writer.close();
    writer.close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatWasGivenUpLeavesNoFile() {
    BatchWriter batch = BatchWriter.create(folder.resolve("batch_1.parquet"));
    batch.write(new Event(1, PulseSeries.EMPTY));
    batch.abandon();
    batch.close();
    MetaWriter meta = MetaWriter.create(folder.resolve("train_meta.parquet"));
    meta.abandon();
    meta.close();
    assertThat(folder).isEmptyDirectory();
  }
}
