// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.List;

/**
 * A picture of numbers: two axes and some series between them.
 *
 * @param name of its files, without an ending
 * @param title what it shows
 * @param x the axis across
 * @param y the axis up
 * @param series what is drawn, first things first
 */
record Chart(String name, String title, Axis x, Axis y, List<Series> series) {
  /** How a series is drawn. */
  enum Mark {
    LINE,
    DASHES,
    /** Level from one point to the next. */
    STEPS,
    /** Dots with error bars, and a thin line from one to the next. */
    DOTS,
    /** Squares with error bars, no line between. */
    SQUARES
  }

  /**
   * A point.
   *
   * @param x across
   * @param y up
   * @param low lower end of its error bar
   * @param high upper end of its error bar
   */
  record Point(double x, double y, double low, double high) {
    /** A point without an error bar. */
    static Point of(double x, double y) {
      return new Point(x, y, y, y);
    }
  }

  /**
   * Points that belong together.
   *
   * @param name as the legend has it; empty for none
   * @param ink what it is drawn with
   * @param mark how it is drawn
   * @param points in order of x
   */
  record Series(String name, Ink ink, Mark mark, List<Point> points) {
    Series {
      points = List.copyOf(points);
    }
  }

  Chart {
    series = List.copyOf(series);
  }
}
