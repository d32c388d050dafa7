// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MicroBatchesTest {
  private record Item(InferenceTask task, int number, int rowCount) {}

  private static final class Rows implements InferenceTask {
    private final int[] counts;
    private final long shapeKey;

    Rows(int[] counts, long shapeKey) {
      this.counts = counts;
      this.shapeKey = shapeKey;
    }

    @Override
    public boolean fits(InferenceTask other) {
      return other instanceof Rows rows && rows.shapeKey == shapeKey;
    }

    @Override
    public int itemCount() {
      return counts.length;
    }

    @Override
    public int rowCount(int item) {
      return counts[item];
    }

    @Override
    public void writeInput(int input, int item, ByteBuffer target) {}

    @Override
    public void readOutput(int output, int item, long[] dims, ByteBuffer source) {}
  }

  @Test
  void everyItemOfSeveralTasksIsInExactlyOneBatchOfItsRowCount() {
    var random = new SplittableRandom(31);
    var batches = new MicroBatches();
    // Twice, as it is used again.
    for (int round = 0; round < 2; round++) {
      int items = 0;
      for (int task = 0; task < 40; task++) {
        add(batches, new Rows(random.ints(50, 1, 50).toArray(), 0));
        items += 50;
      }

      var seen = new HashSet<Item>();
      for (var batch : cut(batches)) {
        assertThat(batch).hasSizeBetween(1, MicroBatches.ITEM_COUNT_MAX);
        for (Item item : batch) {
          assertThat(item.task().rowCount(item.number())).isEqualTo(item.rowCount());
          assertThat(seen.add(item)).isTrue();
        }
      }
      assertThat(seen).hasSize(items);
      batches.clear();
      assertThat(batches.itemCount()).isZero();
      assertThat(batches.weight()).isZero();
    }
  }

  @Test
  void itemsOfEqualLengthRunTogetherAcrossTasks() {
    var batches = new MicroBatches();
    add(batches, new Rows(new int[] {5, 9}, 0));
    add(batches, new Rows(new int[] {9, 5}, 0));

    assertThat(cut(batches)).extracting(List::size).containsExactly(2, 2);
  }

  @Test
  void itemsOfOtherShapesDoNot() {
    var batches = new MicroBatches();
    add(batches, new Rows(new int[] {5, 5}, 1));
    add(batches, new Rows(new int[] {5}, 2));

    assertThat(cut(batches)).extracting(List::size).containsExactly(2, 1);
  }

  @Test
  void batchesOfSeveralItemsStayWithinTheRowLimit() {
    int[] rowCount = new int[100];
    Arrays.fill(rowCount, 300);
    var batches = new MicroBatches();
    add(batches, new Rows(rowCount, 0));

    assertThat(cut(batches))
        .allSatisfy(
            batch -> assertThat(batch.size() * 300).isLessThanOrEqualTo(MicroBatches.ROW_COUNT_MAX))
        .hasSize(34);
  }

  @Test
  void anItemLongerThanTheRowLimitGoesAlone() {
    var batches = new MicroBatches();
    add(batches, new Rows(new int[] {1_025, 1_025}, 0));

    assertThat(cut(batches)).hasSize(2);
  }

  @Test
  void aDeviceThatTakesMoreAtOnceIsGivenMore() {
    int[] rowCount = new int[2_000];
    Arrays.fill(rowCount, 60);
    var batches = new MicroBatches();
    add(batches, new Rows(rowCount, 0));
    batches.scaleBy(Device.GPU.batchScale());

    assertThat(cut(batches).get(0)).hasSize(16 * MicroBatches.ITEM_COUNT_MAX);
    batches.scaleBy(1_000);
    assertThat(cut(batches).get(0)).hasSize(MicroBatches.ITEM_COUNT_LIMIT);
  }

  @Test
  void noItemsMakeNoBatch() {
    assertThat(cut(new MicroBatches())).isEmpty();
  }

  private static void add(MicroBatches batches, Rows rows) {
    for (int item = 0; item < rows.itemCount(); item++) {
      batches.add(rows, item);
    }
  }

  private static List<List<Item>> cut(MicroBatches batches) {
    var cut = new ArrayList<List<Item>>();
    var batch = new MicroBatch(MicroBatches.ITEM_COUNT_LIMIT, new RunLimit());
    batches.sort();
    while (batches.next(batch)) {
      var items = new ArrayList<Item>();
      for (int index = 0; index < batch.itemCount(); index++) {
        items.add(new Item(batch.task(index), batch.item(index), batch.rowCount()));
      }
      cut.add(items);
    }
    return cut;
  }
}
