// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis of a chart.
 *
 * @param label what is on it, with its unit
 * @param min value at its start
 * @param max value at its end, above {@code min}
 * @param ticks values that are marked
 */
record Axis(String label, double min, double max, List<Tick> ticks) {
  private static final int STEPS_WANTED = 6;

  /** An axis that is shorter has no ticks that could be told apart. */
  private static final double TINY = 1e-9;

  /**
   * A marked value.
   *
   * @param at where
   * @param label what is written there; may be empty
   */
  record Tick(double at, String label) {}

  Axis {
    ticks = List.copyOf(ticks);
    if (!(max > min)) {
      throw new IllegalArgumentException("axis: " + min + ".." + max + " (expected: rising)");
    }
  }

  /** An axis of numbers with ticks at steps of 1, 2 or 5 times a power of ten. */
  static Axis ofNumbers(String label, double min, double max) {
    if (!(max - min > TINY)) {
      throw new IllegalArgumentException(
          "axis: " + min + ".." + max + " (expected: rising by more than " + TINY + ")");
    }
    double rough = (max - min) / STEPS_WANTED;
    double decade = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = decade * (rough / decade < 1.5 ? 1 : rough / decade < 3.5 ? 2 : 5);
    int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    List<Tick> ticks = new ArrayList<>();
    for (long n = (long) Math.ceil(min / step - 1e-9); n * step <= max + 1e-9 * step; n++) {
      ticks.add(new Tick(n * step, String.format(Locale.ROOT, "%." + digits + "f", n * step)));
    }
    return new Axis(label, min, max, ticks);
  }

  /** An axis from 0 to a little above the highest value, or to 1 if that is 0, too. */
  static Axis upTo(String label, double highest) {
    return ofNumbers(label, 0, highest > TINY ? 1.08 * highest : 1);
  }

  /** An axis with room for bins side by side, marked at their edges. */
  static Axis ofBins(Binning binning) {
    List<Binning.Bin> bins = binning.bins();
    List<Tick> ticks = new ArrayList<>();
    for (int bin = 1; bin < bins.size(); bin++) {
      Double edge = bins.get(bin).low();
      boolean isNamed = binning == Binning.PULSES || bin % 2 == 1;
      ticks.add(new Tick(bin, edge == null || !isNamed ? "" : edgeName(binning, edge)));
    }
    return new Axis(binning.title(), 0, bins.size(), ticks);
  }

  private static String edgeName(Binning binning, double edge) {
    return switch (binning) {
      case ENERGY -> "1e" + Math.round(Math.log10(edge));
      case ZENITH -> String.format(Locale.ROOT, "%.1f", edge);
      case PULSES, TOPOLOGY -> String.valueOf((int) edge);
    };
  }

  /** Where a value stands, 0 at the start and 1 at the end. */
  double place(double value) {
    return (value - min) / (max - min);
  }
}
