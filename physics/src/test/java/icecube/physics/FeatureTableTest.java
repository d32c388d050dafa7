// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureTableTest {
  private static final long[] IDS = {7, 8, 9};
  private static final int[] ROW_COUNTS = {2, 0, 1};
  private static final int[] SEEN = {5, 0, 1};
  private static final int[] BITS = {4, 0, 8};

  @Test
  void findsTheRowsOfEachEvent() {
    var table = table(rows(3));

    assertThat(table.eventCount()).isEqualTo(3);
    assertThat(table.rowCount()).isEqualTo(3);
    assertThat(table.rowCount(0)).isEqualTo(2);
    assertThat(table.rowCount(1)).isZero();
    assertThat(table.firstRow(1)).isEqualTo(2);
    assertThat(table.firstRow(2)).isEqualTo(2);
    assertThat(table.eventId(2)).isEqualTo(9);
    assertThat(table.pulsesSeen(0)).isEqualTo(5);
    assertThat(table.qualityBits(2)).isEqualTo(8);
    assertThat(table.value(2, 5)).isEqualTo(17);
  }

  @Test
  void copiesTheRowsOfOneEventToAnArray() {
    float[] target = new float[8];

    table(rows(3)).copyRows(2, target, 1);

    assertThat(target).containsExactly(0, 12, 13, 14, 15, 16, 17, 0);
  }

  @Test
  void copiesTheRowsOfOneEventToABuffer() {
    var target = FloatBuffer.allocate(12);
    var table = table(rows(3));

    table.copyRows(1, target);
    assertThat(target.position()).isZero();
    table.copyRows(0, target);

    assertThat(target.array()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThatThrownBy(() -> table.copyRows(2, target)).isInstanceOf(BufferOverflowException.class);
  }

  @Test
  void rowsGoToBytesInTheOrderThatTheBufferHas() {
    var table = table(rows(3));
    for (var order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      var target = ByteBuffer.allocate(12 * Float.BYTES).order(order);

      table.copyRows(1, target);
      assertThat(target.position()).isZero();
      table.copyRows(0, target);

      assertThat(target.hasRemaining()).isFalse();
      for (int index = 0; index < 12; index++) {
        assertThat(target.getFloat(index * Float.BYTES)).isEqualTo(index);
      }
      assertThatThrownBy(() -> table.copyRows(2, target))
          .isInstanceOf(BufferOverflowException.class);
    }
  }

  @Test
  void refusesColumnsThatDoNotFitTogether() {
    assertThatThrownBy(() -> FeatureTable.owning(IDS, ROW_COUNTS, SEEN, new int[2], rows(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "feature columns: event_id 3, row_count 3, pulses_seen 3, quality_bits 2"
                + " (expected: equal lengths)");
    int[] negative = {2, -1, 1};
    assertThatThrownBy(() -> FeatureTable.owning(IDS, negative, SEEN, BITS, rows(3)))
        .hasMessage("row_count: -1 of event 8 (expected: >= 0)");
    assertThatThrownBy(() -> table(new float[17]))
        .hasMessage("rows: 17 floats (expected: 3 rows of 6)");
    int[] huge = {Integer.MAX_VALUE, 1, 1};
    assertThatThrownBy(() -> FeatureTable.owning(IDS, huge, SEEN, BITS, rows(3)))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void equalsATableOfTheSameContentOnly() {
    float[] otherRows = rows(3);
    otherRows[17] = -1;
    int[] noBits = {0, 0, 0};

    assertThat(table(rows(3)))
        .isEqualTo(table(rows(3)))
        .hasSameHashCodeAs(table(rows(3)))
        .isNotEqualTo(table(otherRows))
        .isNotEqualTo(FeatureTable.owning(IDS, ROW_COUNTS, SEEN, noBits, rows(3)))
        .isNotEqualTo("table")
        .hasToString("FeatureTable[events=3, rows=3]");
  }

  private static FeatureTable table(float[] rows) {
    return FeatureTable.owning(IDS, ROW_COUNTS, SEEN, BITS, rows);
  }

  /** Rows filled with 0, 1, 2, …. */
  private static float[] rows(int count) {
    float[] rows = new float[count * FeatureTable.COLUMN_COUNT];
    for (int index = 0; index < rows.length; index++) {
      rows[index] = index;
    }
    return rows;
  }
}
