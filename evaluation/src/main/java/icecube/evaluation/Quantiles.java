// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

/** Quantiles of sorted numbers. */
final class Quantiles {
  private Quantiles() {}

  /**
   * The value below which a share {@code p} of the numbers from..to lies, between neighbours by a
   * straight line: Hyndman and Fan's definition 7 (The American Statistician 50 (1996) 361), which
   * NumPy takes, too.
   *
   * @param to above {@code from}
   */
  static double of(float[] sorted, int from, int to, double p) {
    double place = p * (to - from - 1);
    int below = (int) Math.floor(place);
    double low = sorted[from + below];
    if (from + below + 1 >= to || place == below) {
      return low;
    }
    return low + (place - below) * (sorted[from + below + 1] - low);
  }
}
