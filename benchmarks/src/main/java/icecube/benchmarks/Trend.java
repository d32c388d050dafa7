// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.util.Arrays;

/**
 * How a quantity went over a long run, looked at in even steps.
 *
 * @param start median of the first third
 * @param middle median of the second
 * @param end median of the last
 * @param perStep slope of the straight line through the last two thirds by least squares, a step;
 *     the first third is left out, as there caches fill and code is compiled
 */
record Trend(double start, double middle, double end, double perStep) {
  /** The fewest looks that have thirds. */
  static final int LOOKS_MIN = 3;

  static Trend of(double... looks) {
    int count = looks.length;
    if (count < LOOKS_MIN) {
      throw new IllegalArgumentException(
          "looks: %d (expected: at least %d); run longer".formatted(count, LOOKS_MIN));
    }
    int third = count / 3;
    return new Trend(
        Spread.of(Arrays.copyOf(looks, third)).median(),
        Spread.of(Arrays.copyOfRange(looks, third, count - third)).median(),
        Spread.of(Arrays.copyOfRange(looks, count - third, count)).median(),
        slope(Arrays.copyOfRange(looks, third, count)));
  }

  private static double slope(double[] values) {
    double middle = (values.length - 1) / 2.0;
    double mean = Arrays.stream(values).average().orElseThrow();
    double covariance = 0;
    double variance = 0;
    for (int i = 0; i < values.length; i++) {
      covariance += (i - middle) * (values[i] - mean);
      variance += (i - middle) * (i - middle);
    }
    return covariance / variance;
  }

  /** Whether the last third is above the middle one by no more than the larger of the two. */
  boolean isFlat(double share, double allowance) {
    return growth() <= Math.max(share * middle, allowance);
  }

  /** How far the last third is above the middle one. */
  double growth() {
    return end - middle;
  }
}
