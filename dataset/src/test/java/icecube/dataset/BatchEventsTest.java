// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.Direction;
import icecube.physics.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches and meta together. */
final class BatchEventsTest {
  @TempDir private Path folder;

  private List<BatchEvents.Entry> entries() {
    var entries = new ArrayList<BatchEvents.Entry>();
    try (BatchEvents events = BatchEvents.open(KaggleFolder.open(folder))) {
      for (var entry = events.next(); entry != null; entry = events.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private void batch(int id, long... eventIds) {
    var events = new ArrayList<Event>();
    for (long eventId : eventIds) {
      events.add(Samples.event(eventId, 1, 5, 1, true));
    }
    Samples.write(folder.resolve("train/batch_" + id + ".parquet"), events);
  }

  private static MetaRow row(long batchId, long eventId, @Nullable Double azimuthRad) {
    return new MetaRow(
        batchId, eventId, 0, 0, azimuthRad == null ? null : Direction.ofAngles(azimuthRad, 1));
  }

  private void meta(MetaRow... rows) {
    try (MetaWriter writer = MetaWriter.create(folder.resolve("train_meta.parquet"))) {
      for (MetaRow row : rows) {
        writer.write(row);
      }
    }
  }

  private static double azimuth(BatchEvents.Entry entry) {
    return entry.truth() == null ? Double.NaN : entry.truth().azimuthRad();
  }

  @Test
  void batchesComeInOrderOfTheirNumbers() {
    batch(10, 7);
    batch(9, 8);
    batch(2, 9);
    assertThat(entries()).extracting(entry -> entry.event().id()).containsExactly(9L, 8L, 7L);
    assertThat(entries()).extracting(BatchEvents.Entry::truth).containsOnlyNulls();
  }

  @Test
  void theTruthOfEachEventComesWithIt() {
    batch(1, 24, 41, 59);
    batch(2, 24);
    meta(row(1, 24, 0.5), row(1, 41, 1.5), row(1, 59, 2.5), row(2, 24, 3.5));
    assertThat(entries()).extracting(BatchEventsTest::azimuth).hasSize(4);
    assertThat(azimuth(entries().get(1))).isCloseTo(1.5, within(1e-12));
    assertThat(azimuth(entries().get(3))).isCloseTo(3.5, within(1e-12));
  }

  @Test
  void eventsThatOnlyTheMetaKnowsComeEmptyAfterTheirBatch() {
    batch(1, 41);
    batch(2, 7);
    meta(row(1, 24, 0.5), row(1, 41, 1.5), row(1, 59, 2.5), row(2, 7, 1.0), row(3, 8, 1.0));
    assertThat(entries())
        .extracting(entry -> entry.event().id(), entry -> entry.event().pulses().count())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(41L, 1),
            org.assertj.core.groups.Tuple.tuple(24L, 0),
            org.assertj.core.groups.Tuple.tuple(59L, 0),
            org.assertj.core.groups.Tuple.tuple(7L, 1));
    assertThat(azimuth(entries().get(2))).isCloseTo(2.5, within(1e-12));
  }

  @Test
  void theMetaNeedNotBeSorted() {
    batch(1, 5, 3);
    batch(2, 4);
    meta(row(2, 4, 1.0), row(1, 3, 2.0), row(2, 9, 4.0), row(1, 5, 3.0), row(1, 5, 3.0));
    assertThat(entries())
        .extracting(entry -> entry.event().id(), entry -> Math.round(azimuth(entry)))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(5L, 3L),
            org.assertj.core.groups.Tuple.tuple(3L, 2L),
            org.assertj.core.groups.Tuple.tuple(4L, 1L),
            org.assertj.core.groups.Tuple.tuple(9L, 4L));
  }

  @Test
  void anEventThatTheMetaLacksHasNoTruth() {
    batch(1, 5);
    meta(row(1, 6, 1.0));
    assertThat(entries().get(0).truth()).isNull();
    assertThat(entries()).hasSize(2);
  }

  @Test
  void energyAndShapeComeWithTheTruthWhereTheyAreKnown() {
    batch(1, 5, 6, 7);
    var truth = Direction.ofAngles(1, 1);
    try (MetaWriter writer = MetaWriter.createSimulated(folder.resolve("train_meta.parquet"))) {
      writer.write(new MetaRow(1, 6, 0, 0, truth, 2L, 1e6, false));
      writer.write(new MetaRow(1, 5, 0, 0, truth, 1L, 250.0, true));
    }
    assertThat(entries())
        .extracting(BatchEvents.Entry::energyGev)
        .containsExactly(250.0, 1e6, null);
    assertThat(entries()).extracting(BatchEvents.Entry::isTrack).containsExactly(true, false, null);
  }

  @Test
  void theFilesOfTheCompetitionHaveNeitherEnergyNorShape() {
    batch(1, 5);
    meta(row(1, 5, 1.0));
    assertThat(entries().get(0).energyGev()).isNull();
    assertThat(entries().get(0).isTrack()).isNull();
  }

  @Test
  void energyAndShapeAreReadOutOfCsvToo() throws IOException {
    batch(1, 5, 6);
    Files.writeString(
        folder.resolve("train_meta.csv"),
        """
        batch_id,event_id,first_pulse_index,last_pulse_index,is_track,energy_gev
        1,5,0,0,True,99.5
        1,6,0,0,False,20
        """);
    assertThat(entries()).extracting(BatchEvents.Entry::energyGev).containsExactly(99.5, 20.0);
    assertThat(entries()).extracting(BatchEvents.Entry::isTrack).containsExactly(true, false);
  }

  @Test
  void anEnergyThatIsNoneIsRefusedWithItsEvent() throws IOException {
    batch(1, 5);
    Files.writeString(
        folder.resolve("train_meta.csv"),
        "batch_id,event_id,first_pulse_index,last_pulse_index,energy_gev\n1,5,0,0,0\n");
    assertThatThrownBy(this::entries)
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("event 5: energy_gev 0.0 (expected: > 0 and finite)");
  }

  @Test
  void aTruthThatIsNoAngleIsRefusedWithItsEvent() throws IOException {
    batch(1, 5);
    Files.writeString(
        folder.resolve("train_meta.csv"),
        "batch_id,event_id,first_pulse_index,last_pulse_index,azimuth,zenith\n1,5,0,0,nan,1\n");
    assertThatThrownBy(this::entries)
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("event 5: azimuth NaN, zenith 1.0 (expected: finite rad)");
  }

  @Test
  void aMetaWithoutItsColumnsIsRefused() throws IOException {
    batch(1, 5);
    Files.writeString(folder.resolve("train_meta.csv"), "event_id,azimuth,zenith\n5,1,1\n");
    assertThatThrownBy(this::entries)
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("column batch_id is missing");
  }

  @Test
  void aMetaMixedWithoutEndIsRefused() throws IOException {
    batch(1, 5);
    var lines = new StringBuilder("batch_id,event_id,first_pulse_index,last_pulse_index\n");
    for (int i = 0; i < MetaIndex.RUN_COUNT_MAX + 2; i++) {
      lines.append(i % 2).append(",1,1,1\n");
    }
    Files.writeString(folder.resolve("train_meta.csv"), lines);
    assertThatThrownBy(this::entries)
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("sort the file by batch_id");
  }
}
