// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.Arrays;

/**
 * Numbers one after the other, 4 bytes each and half as much in reserve. Confined to one thread.
 */
final class FloatColumn {
  private float[] values = new float[1_024];
  private int count;

  void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, count + (count >> 1));
    }
    values[count++] = (float) value;
  }

  int count() {
    return count;
  }

  float at(int index) {
    return values[index];
  }

  /** The values that are numbers, NaN left out, by size. */
  float[] sortedNumbers() {
    float[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    int numbers = count;
    while (numbers > 0 && Float.isNaN(sorted[numbers - 1])) {
      numbers--;
    }
    return Arrays.copyOf(sorted, numbers);
  }
}
