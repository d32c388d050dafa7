// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cut of ragged items, of one or several tasks of the same model, into batches of equal row
 * count, small enough for the cache.
 *
 * <p>Equal, because on a CPU padding is the whole cost of a batch (64 events padded to the longest
 * run at a sixth of the rate), and because an item's answer must not depend on its neighbours.
 *
 * <p>Filled, run and emptied again and again without allocating; it grows to the most items it ever
 * held at once. Confined to one worker.
 */
final class MicroBatches {
  /** The most ragged items of one batch: beyond it attention scores leave the cache. */
  static final int ITEM_COUNT_MAX = 16;

  /** The most items of one batch that are not ragged. */
  static final int DENSE_ITEM_COUNT_MAX = 64;

  /** The most items of one batch, whatever they are and wherever it runs. */
  static final int ITEM_COUNT_LIMIT = 1_024;

  /** The most rows of one batch of several items; a longer item goes alone. */
  static final int ROW_COUNT_MAX = 1_024;

  private static final int CAPACITY_FIRST = 256;

  private long[] keys = new long[CAPACITY_FIRST];
  private @Nullable InferenceTask[] tasks = new InferenceTask[CAPACITY_FIRST];
  private int[] items = new int[CAPACITY_FIRST];
  private int itemCount;
  private int weight;
  private int next;
  private int scale = 1;

  /** What follows may hold so many times what suits a processor. */
  void scaleBy(int factor) {
    scale = factor;
  }

  /** Adds an item that has rows. */
  void add(InferenceTask task, int item) {
    if (itemCount == keys.length) {
      keys = Arrays.copyOf(keys, 2 * itemCount);
      tasks = Arrays.copyOf(tasks, 2 * itemCount);
      items = Arrays.copyOf(items, 2 * itemCount);
    }
    keys[itemCount] = (long) task.rowCount(item) << 32 | itemCount;
    tasks[itemCount] = task;
    items[itemCount] = item;
    itemCount++;
    weight += task.weight(item);
  }

  /** Items added since the last {@link #clear}. */
  int itemCount() {
    return itemCount;
  }

  /** What they cost together, in rows. */
  int weight() {
    return weight;
  }

  /** Nothing more is added: batches follow, those of few rows first. */
  void sort() {
    Arrays.sort(keys, 0, itemCount);
    next = 0;
  }

  /**
   * Fills {@code batch} with the next items that run together: of equal row count and shape, in the
   * order they were added.
   *
   * @return false if none are left
   */
  boolean next(MicroBatch batch) {
    if (next == itemCount) {
      return false;
    }
    int rows = (int) (keys[next] >>> 32);
    var first = taskAt(next);
    int companyMax = scale * first.companyMax(items[(int) keys[next]]);
    int to = Math.min(itemCount, next + Math.min(companyMax, ITEM_COUNT_LIMIT));
    batch.begin(rows);
    do {
      batch.add(taskAt(next), items[(int) keys[next]]);
      next++;
    } while (next < to && (int) (keys[next] >>> 32) == rows && isCompany(first, taskAt(next)));
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // which task, whatever another holds
  private static boolean isCompany(InferenceTask first, InferenceTask other) {
    return first == other || first.fits(other);
  }

  private InferenceTask taskAt(int position) {
    var task = tasks[(int) keys[position]];
    if (task == null) {
      throw new IllegalStateException("task: none at " + position + " (expected: one an item)");
    }
    return task;
  }

  /** Forgets all items. */
  void clear() {
    Arrays.fill(tasks, 0, itemCount, null);
    itemCount = 0;
    weight = 0;
    next = 0;
  }

  /** Runs every item of {@code task} that has rows, on this thread. */
  static void runAll(InferenceModel model, InferenceTask task) {
    var batches = new MicroBatches();
    batches.scaleBy(model.batchScale());
    for (int item = 0; item < task.itemCount(); item++) {
      if (task.rowCount(item) > 0) {
        batches.add(task, item);
      }
    }
    batches.sort();
    var batch = new MicroBatch(ITEM_COUNT_LIMIT, new RunLimit());
    while (batches.next(batch)) {
      model.run(batch);
    }
  }
}
