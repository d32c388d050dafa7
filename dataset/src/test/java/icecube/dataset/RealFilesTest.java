// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Event;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Acceptance on files of the competition, where they are at hand. */
final class RealFilesTest {
  private Path folder = Path.of("");

  @BeforeEach
  void findFiles() {
    String data = System.getProperty("icecube.data", "");
    Assumptions.assumeFalse(data.isEmpty(), "SKIPPED: real files (give -Dicecube.data=DIR)");
    folder = Path.of(data, "kaggle");
  }

  @Test
  void theTestBatchHasItsThreeEvents() {
    assertThat(RoundTripTest.read(folder.resolve("batch_661.parquet")))
        .extracting(Event::id, event -> event.pulses().count())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2092L, 299),
            org.assertj.core.groups.Tuple.tuple(7344L, 36),
            org.assertj.core.groups.Tuple.tuple(9482L, 43));
  }

  @Test
  void theFolderBelongsTogether() {
    KaggleFolder files = KaggleFolder.open(folder);
    assertThat(files.batches()).extracting(KaggleFolder.Batch::id).containsExactly(661L);
    assertThat(files.metaFile()).contains(folder.resolve("test_meta.parquet"));
    try (BatchEvents events = BatchEvents.open(files)) {
      for (int i = 0; i < 3; i++) {
        BatchEvents.Entry entry = requireNonNull(events.next());
        assertThat(entry.truth()).isNull();
        assertThat(entry.event().pulses().count()).isPositive();
      }
      assertThat(events.next()).isNull();
    }
  }

  @Test
  void theSurveyedGeometryHas5160SensorsOn86Strings() {
    var geometry = GeometryCsv.read(folder.resolve("sensor_geometry.csv"));
    assertThat(geometry.sensorCount()).isEqualTo(5160);
    assertThat(geometry.stringCount()).isEqualTo(86);
  }
}
