// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.util.SplittableRandom;

/** How long events are along the variable axis of a model: pulses, tokens, samples. */
public sealed interface RowCounts {
  /** The most rows of one event. */
  int ROWS_LIMIT = 1 << 20;

  /** The length of the next event. */
  int draw(SplittableRandom random);

  /**
   * All alike.
   *
   * @param rows 1..1,048,576
   */
  record Fixed(int rows) implements RowCounts {
    public Fixed {
      requireRows("rows", rows);
    }

    @Override
    public int draw(SplittableRandom random) {
      return rows;
    }
  }

  /**
   * Ragged as real events are: log-normal, cut off at both ends.
   *
   * @param median half of the events are shorter (before the cut)
   * @param sigma standard deviation of the logarithm, 0..10
   * @param min shorter ones become this long
   * @param max longer ones become this long
   */
  record LogNormal(int median, double sigma, int min, int max) implements RowCounts {
    public LogNormal {
      requireRows("rows-median", median);
      requireRows("rows-min", min);
      requireRows("rows-max", max);
      if (min > max) {
        throw new IllegalArgumentException(
            "rows-min: %d (expected: at most rows-max, %d)".formatted(min, max));
      }
      if (!(sigma >= 0 && sigma <= 10)) {
        throw new IllegalArgumentException("rows-sigma: " + sigma + " (expected: 0..10)");
      }
    }

    @Override
    public int draw(SplittableRandom random) {
      double rows = median * Math.exp(sigma * gaussian(random));
      return (int) Math.min(max, Math.max(min, Math.round(rows)));
    }

    /** Box and Muller; 1 - u is in (0, 1], so that the logarithm is finite. */
    private static double gaussian(SplittableRandom random) {
      return Math.sqrt(-2 * Math.log(1 - random.nextDouble()))
          * Math.cos(2 * Math.PI * random.nextDouble());
    }
  }

  private static void requireRows(String name, int rows) {
    if (rows < 1 || rows > ROWS_LIMIT) {
      throw new IllegalArgumentException(
          "%s: %d (expected: 1..%d)".formatted(name, rows, ROWS_LIMIT));
    }
  }
}
