// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.FeatureTable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MicroBatchesTest {
  @Test
  void everyEventWithRowsIsInExactlyOneBatchOfItsRowCount() {
    var random = new SplittableRandom(31);
    int[] rowCount = random.ints(2_000, 0, 50).toArray();
    var table = table(rowCount);

    var seen = new HashSet<Integer>();
    for (var batch : MicroBatches.cut(table)) {
      assertThat(batch.eventCount()).isBetween(1, MicroBatches.EVENT_COUNT_MAX);
      for (int index = 0; index < batch.eventCount(); index++) {
        assertThat(rowCount[batch.event(index)]).isEqualTo(batch.rowCount());
        assertThat(seen.add(batch.event(index))).isTrue();
      }
    }
    assertThat(seen).hasSize((int) Arrays.stream(rowCount).filter(rows -> rows > 0).count());
  }

  @Test
  void batchesOfSeveralEventsStayWithinTheRowLimit() {
    int[] rowCount = new int[100];
    Arrays.fill(rowCount, 300);

    assertThat(MicroBatches.cut(table(rowCount)))
        .allSatisfy(
            batch ->
                assertThat(batch.eventCount() * batch.rowCount())
                    .isLessThanOrEqualTo(MicroBatches.ROW_COUNT_MAX))
        .hasSize(34);
  }

  @Test
  void anEventLongerThanTheRowLimitGoesAlone() {
    assertThat(MicroBatches.cut(table(new int[] {1_025, 1_025}))).hasSize(2);
  }

  @Test
  void noEventsAndRowlessEventsMakeNoBatch() {
    assertThat(MicroBatches.cut(table(new int[0]))).isEmpty();
    assertThat(MicroBatches.cut(table(new int[3]))).isEmpty();
  }

  private static FeatureTable table(int[] rowCount) {
    int rows = Arrays.stream(rowCount).sum();
    return FeatureTable.owning(
        new long[rowCount.length],
        rowCount.clone(),
        rowCount.clone(),
        new int[rowCount.length],
        new float[rows * FeatureTable.COLUMN_COUNT]);
  }
}
