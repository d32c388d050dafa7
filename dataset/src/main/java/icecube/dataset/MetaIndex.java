// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the rows of each batch stand in a meta file, found by one pass over its batch ids: the
 * training meta has 132 million rows, and statistics of its row groups would not tell, since a row
 * group of Kaggle's writer has up to 67 million.
 */
final class MetaIndex {
  /** The most changes of the batch id from a row to the next; Kaggle's has one for each batch. */
  static final int RUN_COUNT_MAX = 100_000;

  private final List<Run> runs;

  /**
   * Rows that stand together.
   *
   * @param batchId their batch
   * @param from the first, counted from 0
   * @param to behind the last
   */
  record Run(long batchId, long from, long to) {}

  private MetaIndex(List<Run> runs) {
    this.runs = List.copyOf(runs);
  }

  static MetaIndex of(Path file) {
    var runs = new ArrayList<Run>();
    try (MetaRows rows = MetaRows.openBatchIds(file)) {
      var block = new MetaBlock();
      long row = 0;
      long from = 0;
      long batchId = 0;
      for (int count = rows.read(block, MetaBlock.ROW_COUNT_MAX);
          count > 0;
          count = rows.read(block, MetaBlock.ROW_COUNT_MAX)) {
        for (int i = 0; i < count; i++, row++) {
          if (block.batchId[i] != batchId) {
            add(file, runs, new Run(batchId, from, row));
            batchId = block.batchId[i];
            from = row;
          }
        }
      }
      add(file, runs, new Run(batchId, from, row));
    }
    return new MetaIndex(runs);
  }

  private static void add(Path file, List<Run> runs, Run run) {
    if (run.from < run.to) {
      runs.add(run);
    }
    if (runs.size() > RUN_COUNT_MAX) {
      throw DatasetException.input(
          "%s: batch_id changes more than %d times (expected: the rows of a batch together); sort"
                  .formatted(file, RUN_COUNT_MAX)
              + " the file by batch_id",
          null);
    }
  }

  /** Where the rows of a batch stand, in file order; empty if it has none. */
  List<Run> runsOf(long batchId) {
    return runs.stream().filter(run -> run.batchId == batchId).toList();
  }

  /** Rows of a batch. */
  long rowCount(long batchId) {
    return runsOf(batchId).stream().mapToLong(run -> run.to - run.from).sum();
  }
}
