// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import icecube.evaluation.Canvas.Anchor;
import icecube.evaluation.Chart.Mark;
import icecube.evaluation.Chart.Point;
import icecube.evaluation.Chart.Series;
import java.util.List;

/** Draws a chart on any canvas. Confined to one chart. */
final class ChartPainter {
  private static final double LEFT = 56;
  private static final double RIGHT = Canvas.WIDTH - 14.0;
  private static final double BOTTOM = Canvas.HEIGHT - 46.0;
  private static final double TITLE_BASE = 20;
  private static final double LEGEND_BASE = 40;
  private static final double LEGEND_LINE = 16;
  private static final double TITLE_SIZE = 14;
  private static final double TEXT_SIZE = 11.5;

  /** Mean width of a letter over the size of its type; sans serif types have 0.5 to 0.6. */
  private static final double LETTER_WIDTH = 0.54;

  private final Chart chart;
  private final Canvas canvas;
  private double top;

  private ChartPainter(Chart chart, Canvas canvas) {
    this.chart = chart;
    this.canvas = canvas;
  }

  static void paint(Chart chart, Canvas canvas) {
    new ChartPainter(chart, canvas).paint();
  }

  private void paint() {
    canvas.text(Ink.TEXT, TITLE_SIZE, Anchor.START, LEFT, TITLE_BASE, chart.title());
    top = legend() + 10;
    grid();
    for (Series series : chart.series()) {
      draw(series);
    }
  }

  /** Names the series in as many lines as they need; returns the base of the last. */
  private double legend() {
    double x = LEFT;
    double base = LEGEND_BASE;
    for (Series series : chart.series()) {
      if (series.name().isEmpty()) {
        continue;
      }
      double width = 24 + series.name().length() * TEXT_SIZE * LETTER_WIDTH + 10;
      if (x > LEFT && x + width > RIGHT) {
        x = LEFT;
        base += LEGEND_LINE;
      }
      sample(series, x, base - 4);
      canvas.text(Ink.FAINT, TEXT_SIZE, Anchor.START, x + 22, base, series.name());
      x += width;
    }
    return base;
  }

  private void sample(Series series, double x, double y) {
    boolean hasLine = series.mark() != Mark.SQUARES;
    if (hasLine) {
      canvas.line(series.ink(), 2, series.mark() == Mark.DASHES, x, y, x + 17, y);
    }
    if (series.mark() == Mark.DOTS) {
      canvas.dot(series.ink(), x + 8.5, y, 3);
    }
    if (!hasLine) {
      canvas.square(series.ink(), x + 8.5, y, 4);
    }
  }

  private void grid() {
    for (Axis.Tick tick : chart.y().ticks()) {
      double y = y(tick.at());
      canvas.line(Ink.GRID, 1, false, LEFT, y, RIGHT, y);
      canvas.text(Ink.FAINT, TEXT_SIZE, Anchor.END, LEFT - 7, y + 4, tick.label());
    }
    for (Axis.Tick tick : chart.x().ticks()) {
      double x = x(tick.at());
      canvas.line(Ink.GRID, 1, false, x, top, x, BOTTOM);
      canvas.text(Ink.FAINT, TEXT_SIZE, Anchor.MIDDLE, x, BOTTOM + 16, tick.label());
    }
    canvas.line(Ink.FAINT, 1, false, LEFT, top, LEFT, BOTTOM, RIGHT, BOTTOM);
    double middle = (LEFT + RIGHT) / 2;
    canvas.text(Ink.TEXT, TEXT_SIZE, Anchor.MIDDLE, middle, BOTTOM + 35, chart.x().label());
    canvas.textUpwards(Ink.TEXT, TEXT_SIZE, 14, (top + BOTTOM) / 2, chart.y().label());
  }

  private double x(double value) {
    return LEFT + (RIGHT - LEFT) * Math.max(0, Math.min(1, chart.x().place(value)));
  }

  /** What is beyond an end of the axis is drawn at that end. */
  private double y(double value) {
    return BOTTOM - (BOTTOM - top) * Math.max(0, Math.min(1, chart.y().place(value)));
  }

  private void draw(Series series) {
    if (series.points().isEmpty()) {
      return;
    }
    switch (series.mark()) {
      case LINE -> canvas.line(series.ink(), 2, false, through(series.points()));
      case DASHES -> canvas.line(series.ink(), 1.5, true, through(series.points()));
      case STEPS -> canvas.line(series.ink(), 1.8, false, steps(series.points()));
      case DOTS -> {
        canvas.line(series.ink(), 1.2, false, through(series.points()));
        errorBars(series);
        series.points().forEach(point -> canvas.dot(series.ink(), x(point.x()), y(point.y()), 3));
      }
      case SQUARES -> {
        errorBars(series);
        series
            .points()
            .forEach(point -> canvas.square(series.ink(), x(point.x()), y(point.y()), 4.5));
      }
    }
  }

  private double[] through(List<Point> points) {
    double[] xy = new double[2 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      xy[2 * i] = x(points.get(i).x());
      xy[2 * i + 1] = y(points.get(i).y());
    }
    return xy;
  }

  private double[] steps(List<Point> points) {
    double[] xy = new double[4 * points.size() - 2];
    for (int i = 0; i < points.size(); i++) {
      double x = x(points.get(i).x());
      double y = y(points.get(i).y());
      if (i > 0) {
        xy[4 * i - 2] = x;
        xy[4 * i - 1] = xy[4 * i - 3];
      }
      xy[4 * i] = x;
      xy[4 * i + 1] = y;
    }
    return xy;
  }

  private void errorBars(Series series) {
    for (Point point : series.points()) {
      if (point.high() > point.low()) {
        double x = x(point.x());
        canvas.line(series.ink(), 1.2, false, x, y(point.low()), x, y(point.high()));
      }
    }
  }
}
