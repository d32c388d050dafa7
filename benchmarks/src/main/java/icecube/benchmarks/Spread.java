// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/**
 * What repeated measurements of one thing came to.
 *
 * @param min the smallest
 * @param median the middle one
 * @param max the largest
 */
record Spread(double min, double median, double max) {
  static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("values: none (expected: at least 1)");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Spread(sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1]);
  }

  /** Median, then minimum and maximum, with thousands separated. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%,12.0f  (%,.0f .. %,.0f)", median, min, max);
  }
}
