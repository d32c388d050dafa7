// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a request looks like.
 *
 * @param itemCount items of each: events, rows of the first axis; 1..65,536
 * @param rowCounts how long items are along their variable axis, if the model has one
 * @param lengthsInput the input that is told these lengths; empty for one that is called so
 * @param fixedShapes whole shapes by input, for those whose variable axes mean something else
 * @param seed of all that is random in requests
 */
public record RequestShape(
    int itemCount,
    RowCounts rowCounts,
    String lengthsInput,
    Map<String, List<Long>> fixedShapes,
    long seed) {
  static final int ITEMS_LIMIT = 65_536;

  public RequestShape {
    if (itemCount < 1 || itemCount > ITEMS_LIMIT) {
      throw new IllegalArgumentException(
          "items: %d (expected: 1..%d)".formatted(itemCount, ITEMS_LIMIT));
    }
    requireNonNull(rowCounts, "rowCounts");
    requireNonNull(lengthsInput, "lengthsInput");
    fixedShapes = Map.copyOf(fixedShapes);
  }

  /** Requests of so many items, the rest found out from the model. */
  public static RequestShape of(int itemCount, RowCounts rowCounts, long seed) {
    return new RequestShape(itemCount, rowCounts, "", Map.of(), seed);
  }

  /** Lengths of the items of the next request. */
  int[] drawRows(SplittableRandom random) {
    int[] rows = new int[itemCount];
    for (int item = 0; item < itemCount; item++) {
      rows[item] = rowCounts.draw(random);
    }
    return rows;
  }
}
