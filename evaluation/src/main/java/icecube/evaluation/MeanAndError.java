// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * Mean and standard error of numbers that come one by one, by Welford's update (Technometrics 4
 * (1962) 419), which does not cancel. Confined to one thread.
 */
final class MeanAndError {
  private long count;
  private double mean;
  private double squares;

  void add(double value) {
    count++;
    double before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }

  long count() {
    return count;
  }

  /** Null without a number. */
  @Nullable Double mean() {
    return count == 0 ? null : (Double) mean;
  }

  /** √(Σ(x − x̄)²/(n − 1)/n); null with less than two numbers. */
  @Nullable Double standardError() {
    return count < 2 ? null : (Double) Math.sqrt(squares / (count - 1) / count);
  }

  /** The mean as a difference; null without a number. */
  @Nullable Difference toDifference() {
    Double meanRad = mean();
    return meanRad == null ? null : new Difference(count, meanRad, standardError());
  }
}
