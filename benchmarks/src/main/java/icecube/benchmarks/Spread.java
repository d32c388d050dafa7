// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

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

  /** Of the ratios of what was measured one after the other. */
  static Spread pairwise(double[] above, double[] below) {
    return of(IntStream.range(0, above.length).mapToDouble(i -> above[i] / below[i]).toArray());
  }

  /** As {@link #toString}, with so many digits behind the point. */
  String with(int digits) {
    String number = "%,." + digits + "f";
    return String.format(
        Locale.ROOT, "%12s  (" + number + " .. " + number + ")", median(digits), min, max);
  }

  private String median(int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", median);
  }

  /** Median, then minimum and maximum, with thousands separated. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%,12.0f  (%,.0f .. %,.0f)", median, min, max);
  }
}
