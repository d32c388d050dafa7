// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.dataset.DatasetException;
import icecube.dataset.MetaRow;
import icecube.dataset.MetaWriter;
import icecube.physics.Direction;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KnownTruthTest {
  @TempDir private Path folder;

  @Test
  void knowsTheEventsOfAllFilesAndNoOthers() {
    Path first = meta("a.parquet", 1, Direction.ofAngles(1, 2));
    Path second = meta("b.parquet", 2, Direction.ofAngles(3, 0.5));

    KnownTruth truth = KnownTruth.read(List.of(first, second));

    assertThat(truth.apply(1)).isEqualTo(Direction.ofAngles(1, 2));
    assertThat(truth.apply(2)).isEqualTo(Direction.ofAngles(3, 0.5));
    assertThat(truth.apply(3)).isNull();
    assertThat(KnownTruth.read(List.of()).apply(1)).isNull();
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertThatThrownBy(() -> KnownTruth.read(List.of(folder.resolve("none.parquet"))))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("none.parquet");
  }

  @Test
  void refusesMoreEventsThanItMayHold() {
    Path first = meta("a.parquet", 1, Direction.ofAngles(1, 2));
    Path second = meta("b.parquet", 2, Direction.ofAngles(3, 0.5));
    Path third = meta("c.parquet", 1_234_567, Direction.ofAngles(3, 1));

    assertThat(KnownTruth.read(List.of(first, second), 2).apply(2)).isNotNull();
    assertThatThrownBy(() -> KnownTruth.read(List.of(first, second, third), 2))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("--truth: more than 2 events (expected: at most)");
  }

  private Path meta(String name, long eventId, Direction truth) {
    Path file = folder.resolve(name);
    try (MetaWriter writer = MetaWriter.create(file)) {
      writer.write(new MetaRow(1, eventId, 0, 1, truth));
    }
    return file;
  }
}
