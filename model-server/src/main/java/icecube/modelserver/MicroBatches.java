// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.physics.FeatureTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The cut of a ragged table into batches of events of equal row count, small enough for the cache.
 *
 * <p>Equal, because on a CPU padding is the whole cost of a batch (64 events padded to the longest
 * run at a sixth of the rate), and because an event's answer must not depend on its neighbours.
 */
final class MicroBatches {
  /** The most events of one batch: beyond it attention scores leave the cache. */
  static final int EVENT_COUNT_MAX = 16;

  /** The most rows of one batch of several events; a longer event goes alone. */
  static final int ROW_COUNT_MAX = 1_024;

  /** Events of a table to run together, at least one, all of the same row count. */
  static final class MicroBatch {
    private final int rowCount;
    private final int[] events;

    private MicroBatch(int rowCount, int[] events) {
      this.rowCount = rowCount;
      this.events = events;
    }

    /** Rows of each event, at least 1. */
    int rowCount() {
      return rowCount;
    }

    int eventCount() {
      return events.length;
    }

    /** Position in the table of event {@code index} of this batch. */
    int event(int index) {
      return events[index];
    }
  }

  private MicroBatches() {}

  /** Every event of {@code table} that has rows, in exactly one batch. */
  static List<MicroBatch> cut(FeatureTable table) {
    int[] order = sortedByRowCount(table);
    var batches = new ArrayList<MicroBatch>();
    int from = 0;
    while (from < order.length) {
      int rowCount = table.rowCount(order[from]);
      int countMax = Math.max(1, Math.min(EVENT_COUNT_MAX, ROW_COUNT_MAX / rowCount));
      int to = from + 1;
      while (to < order.length && to - from < countMax && table.rowCount(order[to]) == rowCount) {
        to++;
      }
      batches.add(new MicroBatch(rowCount, Arrays.copyOfRange(order, from, to)));
      from = to;
    }
    return batches;
  }

  /** Positions of the events that have rows, fewest rows first, then in the table's order. */
  private static int[] sortedByRowCount(FeatureTable table) {
    long[] keys = new long[table.eventCount()];
    int count = 0;
    for (int event = 0; event < keys.length; event++) {
      if (table.rowCount(event) > 0) {
        keys[count++] = (long) table.rowCount(event) << 32 | event;
      }
    }
    Arrays.sort(keys, 0, count);
    int[] order = new int[count];
    for (int index = 0; index < count; index++) {
      order[index] = (int) keys[index];
    }
    return order;
  }
}
