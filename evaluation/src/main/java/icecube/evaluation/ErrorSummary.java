// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * What is said of the angular errors of some events.
 *
 * @param count events
 * @param meanRad Kaggle's score, rad; null without an event
 * @param standardErrorRad standard error of the mean, s/√count; null with less than two events
 * @param medianRad half of the events are better; null without an event
 * @param quantile68Rad 68 % of the events are better; null without an event
 */
public record ErrorSummary(
    long count,
    @Nullable Double meanRad,
    @Nullable Double standardErrorRad,
    @Nullable Double medianRad,
    @Nullable Double quantile68Rad) {
  private static final double ONE_SIGMA = 0.68;

  /** Of the errors from..to, which are sorted. */
  static ErrorSummary ofSorted(float[] sorted, int from, int to) {
    if (to == from) {
      return new ErrorSummary(0, null, null, null, null);
    }
    MeanAndError mean = new MeanAndError();
    for (int i = from; i < to; i++) {
      mean.add(sorted[i]);
    }
    return new ErrorSummary(
        to - (long) from,
        mean.mean(),
        mean.standardError(),
        Quantiles.of(sorted, from, to, 0.5),
        Quantiles.of(sorted, from, to, ONE_SIGMA));
  }
}
