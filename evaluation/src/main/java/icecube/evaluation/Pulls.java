// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * How pulls ({@link Pull}) are spread, beside Rayleigh's distribution, which they follow if κ is
 * honest: a median below the expected one says that the model is surer than it admits.
 *
 * @param count events with κ
 * @param median half of the pulls are smaller
 * @param expectedMedian 1.177
 * @param quantile68 68 % of the pulls are smaller
 * @param expectedQuantile68 1.510
 * @param quantile90 90 % of the pulls are smaller
 * @param expectedQuantile90 2.146
 * @param histogram pulls by size, in steps of a quarter, the last step open
 */
public record Pulls(
    long count,
    double median,
    double expectedMedian,
    double quantile68,
    double expectedQuantile68,
    double quantile90,
    double expectedQuantile90,
    List<Long> histogram) {
  /** Width of a step of the histogram. */
  static final double STEP = 0.25;

  /** Steps of the histogram: 0 to 5, and all above. */
  static final int STEP_COUNT = 21;

  public Pulls {
    histogram = List.copyOf(histogram);
  }

  /** Of at least one pull. */
  static Pulls ofSorted(float[] sorted) {
    long[] counts = new long[STEP_COUNT];
    for (float pull : sorted) {
      counts[(int) Math.min(STEP_COUNT - 1.0, pull / STEP)]++;
    }
    List<Long> histogram = new ArrayList<>();
    for (long count : counts) {
      histogram.add(count);
    }
    return new Pulls(
        sorted.length,
        Quantiles.of(sorted, 0, sorted.length, 0.5),
        Pull.MEDIAN,
        Quantiles.of(sorted, 0, sorted.length, 0.68),
        Pull.QUANTILE_68,
        Quantiles.of(sorted, 0, sorted.length, 0.9),
        Pull.QUANTILE_90,
        histogram);
  }
}
