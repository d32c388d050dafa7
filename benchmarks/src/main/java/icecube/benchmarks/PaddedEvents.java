// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.load.RowCounts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Requests of ragged events for those who are asked past {@code icecube.load}: the bytes of FastAPI
 * and the rows of the session in this process.
 *
 * @param rows length of each event
 * @param values features of each event, {@link #COLUMNS} a row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copies would be all it does
record PaddedEvents(int[] rows, float[][] values) {
  static final int COLUMNS = 6;

  static List<PaddedEvents> draw(int requests, int items, RowCounts rowCounts, long seed) {
    var random = new SplittableRandom(seed);
    List<PaddedEvents> drawn = new ArrayList<>();
    for (int request = 0; request < requests; request++) {
      int[] rows = new int[items];
      float[][] values = new float[items][];
      for (int item = 0; item < items; item++) {
        rows[item] = rowCounts.draw(random);
        values[item] = new float[rows[item] * COLUMNS];
        for (int i = 0; i < values[item].length; i++) {
          values[item][i] = (float) (2 * random.nextDouble() - 1);
        }
      }
      drawn.add(new PaddedEvents(rows, values));
    }
    return drawn;
  }

  int longest() {
    int longest = 0;
    for (int each : rows) {
      longest = Math.max(longest, each);
    }
    return longest;
  }

  /** The padded block of features, then the lengths as int64, little-endian. */
  byte[] toBytes() {
    int longest = longest();
    int blockBytes = rows.length * longest * COLUMNS * Float.BYTES;
    var bytes =
        ByteBuffer.allocate(blockBytes + rows.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int item = 0; item < rows.length; item++) {
      bytes.position(item * longest * COLUMNS * Float.BYTES);
      for (float value : values[item]) {
        bytes.putFloat(value);
      }
    }
    bytes.position(blockBytes);
    for (int each : rows) {
      bytes.putLong(each);
    }
    return bytes.array();
  }
}
