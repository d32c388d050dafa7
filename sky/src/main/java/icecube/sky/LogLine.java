// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

/**
 * Densities whose logarithm is a straight line between two ends, and the smoothest chain of three.
 *
 * <p>With the density at one end given, the mean over the piece decides the other end: the mean is
 * e^start·(e^d − 1)/d for a rise of d, which grows from 0 to ∞ with d. So a chain of three pieces
 * with given contents has one freedom, the density at the first corner; it is chosen to make the
 * corners least sharp. Pure and thread-safe.
 */
final class LogLine {
  /** Below it, (e^d − 1)/d is its Taylor series to double precision. */
  private static final double RISE_SMALL = 1e-5;

  private static final int NEWTON_STEPS_MAX = 200;
  private static final int GRID = 64;
  private static final int SECTIONS = 80;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  /** How far, in log density, the corner may lie outside the means of its neighbours. */
  private static final double MARGIN = 3;

  private LogLine() {}

  /** ∫ e^(s·x) dx over a width. */
  static double content(double slope, double width) {
    double rise = slope * width;
    return Math.abs(rise) < RISE_SMALL
        ? width * (1 + rise / 2 + rise * rise / 6)
        : Math.expm1(rise) / slope;
  }

  /** ln((e^d − 1)/d): log of the mean over a piece that rises by d, relative to its start. */
  static double logMean(double rise) {
    if (Math.abs(rise) < RISE_SMALL) {
      return rise / 2 + rise * rise / 24;
    }
    return rise > 0
        ? rise + Math.log(-Math.expm1(-rise) / rise)
        : Math.log(Math.expm1(rise) / rise);
  }

  /**
   * The rise with a given {@link #logMean}. The function is convex and at least d/2, so that
   * Newton's method comes down from 2·mean to the root without passing it.
   */
  static double rise(double logMean) {
    double rise = 2 * logMean;
    for (int i = 0; i < NEWTON_STEPS_MAX; i++) {
      double step = (logMean(rise) - logMean) / logMeanSlope(rise);
      rise -= step;
      if (Math.abs(step) <= 1e-14 * (1 + Math.abs(rise))) {
        break;
      }
    }
    return rise;
  }

  private static double logMeanSlope(double rise) {
    return Math.abs(rise) < RISE_SMALL ? 0.5 + rise / 12 : -1 / Math.expm1(-rise) - 1 / rise;
  }

  /**
   * Log densities per steradian at four knots in 1 − cos(angle), with the given probabilities
   * within them.
   */
  static double[] smoothest(double[] knots, double[] contents) {
    double[] logMeans = new double[3];
    for (int i = 0; i < 3; i++) {
      logMeans[i] =
          Math.log((contents[i + 1] - contents[i]) / (2 * Math.PI * (knots[i + 1] - knots[i])));
    }
    double low = Math.min(logMeans[0], logMeans[1]) - MARGIN;
    double high = Math.max(logMeans[0], logMeans[1]) + MARGIN;
    double step = (high - low) / GRID;
    double best = low;
    for (int i = 1; i <= GRID; i++) {
      double corner = low + i * step;
      if (sharpness(knots, chain(logMeans, corner)) < sharpness(knots, chain(logMeans, best))) {
        best = corner;
      }
    }
    return chain(logMeans, least(knots, logMeans, best - step, best + step));
  }

  /** Golden section: the sharpness has one minimum between the two. */
  private static double least(double[] knots, double[] logMeans, double from, double to) {
    double low = from;
    double high = to;
    for (int i = 0; i < SECTIONS; i++) {
      double left = high - GOLDEN * (high - low);
      double right = low + GOLDEN * (high - low);
      if (sharpness(knots, chain(logMeans, left)) < sharpness(knots, chain(logMeans, right))) {
        high = right;
      } else {
        low = left;
      }
    }
    return (low + high) / 2;
  }

  /** Log densities at the four knots, given that of the first corner. */
  private static double[] chain(double[] logMeans, double corner) {
    double center = corner + rise(logMeans[0] - corner);
    double second = corner + rise(logMeans[1] - corner);
    double end = second + rise(logMeans[2] - second);
    return new double[] {center, corner, second, end};
  }

  /** Squared changes at the corners of d log density / d log(1 − cos angle), which has no unit. */
  private static double sharpness(double[] knots, double[] logDensities) {
    double sum = 0;
    for (int i = 1; i <= 2; i++) {
      double before = (logDensities[i] - logDensities[i - 1]) / (knots[i] - knots[i - 1]);
      double after = (logDensities[i + 1] - logDensities[i]) / (knots[i + 1] - knots[i]);
      double change = knots[i] * (before - after);
      sum += change * change;
    }
    return sum;
  }
}
