// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of one batch out of many. */
final class MetaReaderTest {
  private static final int BATCHES = 40;
  private static final int EVENTS = 3_000;

  @TempDir private Path folder;

  private static List<MetaRow> read(MetaReader open) {
    var rows = new ArrayList<MetaRow>();
    try (MetaReader reader = open) {
      for (MetaRow row = reader.next(); row != null; row = reader.next()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static MetaRow row(int batch, int event) {
    long first = event * 60L;
    return new MetaRow(batch, batch * 10_000L + event, first, first + 59, truth(event));
  }

  private static Direction truth(int event) {
    return Direction.ofAngles(event * 0.001, 1);
  }

  private Path parquet() {
    Path file = folder.resolve("train_meta.parquet");
    try (MetaWriter writer = MetaWriter.create(file)) {
      for (int batch = 1; batch <= BATCHES; batch++) {
        for (int event = 0; event < EVENTS; event++) {
          writer.write(row(batch, event));
        }
      }
    }
    return file;
  }

  private static void assertIsBatch(List<MetaRow> rows, int batch) {
    assertThat(rows).hasSize(EVENTS);
    for (int event = 0; event < EVENTS; event++) {
      MetaRow row = rows.get(event);
      assertThat(row.batchId()).isEqualTo(batch);
      assertThat(row.eventId()).isEqualTo(batch * 10_000L + event);
      assertThat(row.lastPulseIndex()).isEqualTo(event * 60L + 59);
      assertThat(requireNonNull(row.truth()).dot(truth(event))).isGreaterThan(1 - 1e-12);
    }
  }

  @Test
  void allRowsComeInFileOrder() {
    var rows = read(MetaReader.open(parquet()));
    assertThat(rows).hasSize(BATCHES * EVENTS);
    assertIsBatch(rows.subList(EVENTS, 2 * EVENTS), 2);
  }

  @Test
  void oneBatchComesAlone() {
    Path file = parquet();
    for (int batch : new int[] {1, 7, BATCHES}) {
      assertIsBatch(read(MetaReader.openBatch(file, batch)), batch);
    }
    assertThat(read(MetaReader.openBatch(file, 661))).isEmpty();
  }

  @Test
  void oneBatchComesAloneOutOfCsv() throws IOException {
    var lines = new StringBuilder("batch_id,event_id,first_pulse_index,last_pulse_index\n");
    for (int event = 0; event < 20_000; event++) {
      lines.append("%d,%d,0,%d%n".formatted(event / 5000, event, -1));
    }
    Path file = Files.writeString(folder.resolve("test_meta.csv"), lines);
    var rows = read(MetaReader.openBatch(file, 2));
    assertThat(rows).hasSize(5000);
    assertThat(rows.get(0)).isEqualTo(new MetaRow(2, 10_000, 0, -1, null));
    assertThat(read(MetaReader.open(file))).hasSize(20_000);
  }
}
