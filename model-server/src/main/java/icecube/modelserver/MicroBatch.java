// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Items of one or several tasks that run together: all of the same row count and shape.
 *
 * <p>Used again and again; confined to the worker that fills it.
 */
final class MicroBatch {
  private final @Nullable InferenceTask[] tasks;
  private final int[] items;
  private final RunLimit limit;
  private int itemCount;
  private int rowCount;

  /** An empty one for at most {@code itemCountMax} items, whose runs {@code limit} may stop. */
  MicroBatch(int itemCountMax, RunLimit limit) {
    this.limit = limit;
    tasks = new InferenceTask[itemCountMax];
    items = new int[itemCountMax];
  }

  /** Forgets all items; those that follow have {@code rowCount} rows each, at least 1. */
  void begin(int rowCount) {
    Arrays.fill(tasks, 0, itemCount, null);
    itemCount = 0;
    this.rowCount = rowCount;
  }

  void add(InferenceTask task, int item) {
    tasks[itemCount] = task;
    items[itemCount] = item;
    itemCount++;
  }

  /** What may stop its runs. */
  RunLimit limit() {
    return limit;
  }

  int itemCount() {
    return itemCount;
  }

  /** Rows of each item. */
  int rowCount() {
    return rowCount;
  }

  /** The task of item {@code index} of this batch. */
  InferenceTask task(int index) {
    var task = tasks[index];
    if (task == null) {
      throw new IndexOutOfBoundsException(
          "index: " + index + " (expected: 0.." + (itemCount - 1) + ")");
    }
    return task;
  }

  /** Its number within its task. */
  int item(int index) {
    return items[index];
  }
}
