// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.dataset.SubmissionReader.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers in order, whether they fit into memory or not. */
final class SubmissionSortTest {
  private static final long SEED = Long.getLong("icecube.seed", 0x5eed_0661L);

  @TempDir private Path folder;

  private static List<Row> rows(SubmissionSort sort) {
    List<Row> rows = new ArrayList<>();
    sort.sorted().forEachRemaining(rows::add);
    return rows;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 999, 1000, 1001})
  void whatDoesNotFitComesOutInOrderAndLeavesNothing(int runRowsMax) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 1000; id++) {
      rows.add(new Row(3L * id - 700, id / 7.0, id / 9.0));
    }
    List<Row> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(SEED));
    try (SubmissionSort sort = new SubmissionSort(folder, runRowsMax)) {
      shuffled.forEach(sort::add);
      assertThat(rows(sort)).as("-Dicecube.seed=%d", SEED).isEqualTo(rows);
      assertThat(sort.duplicates()).isZero();
    }
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 100})
  void ofEqualIdsTheFirstIsKept(int runRowsMax) {
    try (SubmissionSort sort = new SubmissionSort(folder, runRowsMax)) {
      sort.add(new Row(5, 1, 1));
      sort.add(new Row(4, 2, 2));
      sort.add(new Row(5, 3, 3));
      sort.add(new Row(5, 4, 4));
      assertThat(rows(sort)).containsExactly(new Row(4, 2, 2), new Row(5, 1, 1));
      assertThat(sort.duplicates()).isEqualTo(2);
    }
  }

  @Test
  void nothingSortsToNothing() {
    try (SubmissionSort sort = new SubmissionSort(folder, 10)) {
      assertThat(sort.sorted().hasNext()).isFalse();
    }
  }
}
