// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.physics.Direction;
import icecube.physics.Event;
import icecube.physics.FeatureBuilder;
import icecube.physics.IceCube86;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of features: whole or not there, and what they say of themselves. */
final class FeatureWriterTest {
  private static final FeatureBuilder FEATURES = new FeatureBuilder(IceCube86.geometry(), 64);

  @TempDir private Path folder;

  private void write(FeatureWriter out, Event event) {
    out.write(
        FEATURES.build(List.of(event)),
        0,
        new BatchEvents.Entry(event, Direction.ofAngles(1, 2), null, 1e4, true));
  }

  @Test
  void theMetadataSaysHowTheFeaturesWereMade() {
    Path file = folder.resolve("features/batch_1.parquet");
    try (FeatureWriter out = FeatureWriter.create(file, "icecube-86@0123", 64)) {
      Samples.events(7, 20, 100).forEach(event -> write(out, event));
      out.note("icecube.tally", "20 of 20");
    }
    assertThat(FileNotes.read(file))
        .containsEntry("icecube.feature_version", "1")
        .containsEntry("icecube.geometry", "icecube-86@0123")
        .containsEntry("icecube.row_count_max", "64")
        .containsEntry("icecube.tally", "20 of 20");
  }

  @Test
  void aFileThatWasGivenUpDoesNotAppear() throws IOException {
    try (FeatureWriter out =
        FeatureWriter.create(folder.resolve("batch_1.parquet"), "icecube-86@0123", 64)) {
      Samples.events(7, 20, 100).forEach(event -> write(out, event));
      out.abandon();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void thereAreNoNotesInWhatIsNoParquetFile() throws IOException {
    Path file = Files.writeString(folder.resolve("batch_1.parquet"), "PAR1, but not for long");
    assertThatThrownBy(() -> FileNotes.read(file))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("batch_1.parquet");
    assertThatThrownBy(() -> FileNotes.read(folder.resolve("batch_2.parquet")))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("not there");
  }

  @Test
  void aBatchIsReadByItselfWithItsOwnPartOfTheMeta() {
    Samples.write(
        folder.resolve("train/batch_1.parquet"), List.of(Samples.event(5, 1, 5, 1, true)));
    Samples.write(
        folder.resolve("train/batch_2.parquet"), List.of(Samples.event(6, 1, 5, 1, true)));
    try (MetaWriter meta = MetaWriter.create(folder.resolve("train_meta.parquet"))) {
      meta.write(new MetaRow(1, 5, 0, 0, Direction.ofAngles(1, 1)));
      meta.write(new MetaRow(2, 6, 0, 0, Direction.ofAngles(2, 1)));
      meta.write(new MetaRow(2, 7, 1, 0, Direction.ofAngles(3, 1)));
    }
    FolderBatches batches = FolderBatches.of(KaggleFolder.open(folder));
    assertThat(batches.listedEventCount()).hasValue(3);
    assertThat(ids(batches, 1)).containsExactly(6L, 7L);
    assertThat(ids(batches, 0)).containsExactly(5L);
  }

  private static List<Long> ids(FolderBatches batches, int index) {
    try (BatchEvents events = batches.open(batches.batches().get(index))) {
      return Stream.generate(events::next)
          .takeWhile(entry -> entry != null)
          .map(entry -> entry.event().id())
          .toList();
    }
  }
}
