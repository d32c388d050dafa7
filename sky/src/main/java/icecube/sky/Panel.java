// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Stroke;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.function.IntFunction;

/** One projection of the sky in a rectangle of a picture. Confined to one thread. */
final class Panel {
  private static final int POINTS = 720;

  /** A line that goes further than this between two of its points crosses the edge of the map. */
  private static final double JUMP_MAX = 0.5;

  private static final Color BEST = new Color(0xC2, 0x41, 0x0C);
  private static final Color CONTOUR = new Color(0xC2, 0x41, 0x0C);
  private static final Color GRID = new Color(0x80, 0x88, 0x90, 110);
  private static final Stroke THIN = new BasicStroke(1);
  private static final Stroke SOLID = new BasicStroke(2);
  private static final Stroke DASHED =
      new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {7, 5}, 0);

  private final Projection projection;
  private final int left;
  private final int top;
  private final int width;
  private final int height;

  Panel(Projection projection, int left, int top, int width, int height) {
    this.projection = projection;
    this.left = left;
    this.top = top;
    this.width = width;
    this.height = height;
  }

  /** Colours every place by the density of the map's pixel there. */
  void fill(BufferedImage image, SkyMap map, ColorScale colors) {
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        double x = 2 * (column + 0.5) / width - 1;
        double y = 1 - 2 * (row + 0.5) / height;
        var point = projection.pointAt(x, y);
        if (point.isPresent()) {
          image.setRGB(left + column, top + row, colors.rgb(map.densityAt(point.get())));
        }
      }
    }
  }

  /** Meridians and parallels every so many degrees. */
  void grid(Graphics2D graphics, double longitudeStepDegrees, double latitudeStepDegrees) {
    graphics.setColor(GRID);
    graphics.setStroke(THIN);
    for (double degrees = 0; degrees < 360; degrees += longitudeStepDegrees) {
      double longitude = Math.toRadians(degrees);
      line(graphics, i -> new SkyPoint(longitude, Math.PI * ((double) i / POINTS - 0.5)));
    }
    int parallels = (int) Math.ceil(90 / latitudeStepDegrees);
    for (int k = 1 - parallels; k < parallels; k++) {
      double latitude = Math.toRadians(k * latitudeStepDegrees);
      // Not quite a turn, or the last point would be the first one on the other side.
      line(graphics, i -> new SkyPoint(2 * Math.PI * i / POINTS * (1 - 1e-9), latitude));
    }
  }

  /** The circles that hold 50 % (whole line) and 90 % (dashed), and the best direction. */
  void contours(Graphics2D graphics, SkyMap map) {
    graphics.setColor(CONTOUR);
    graphics.setStroke(SOLID);
    circle(graphics, map.center(), map.profile().radiusRad(0.5));
    graphics.setStroke(DASHED);
    circle(graphics, map.center(), map.profile().radiusRad(0.9));
    double[] place = projection.placeOf(map.center());
    int x = column(place[0]);
    int y = row(place[1]);
    graphics.setColor(BEST);
    graphics.setStroke(SOLID);
    graphics.drawLine(x - 6, y, x + 6, y);
    graphics.drawLine(x, y - 6, x, y + 6);
  }

  /** A circle on the sky. */
  void circle(Graphics2D graphics, SkyPoint center, double radiusRad) {
    line(graphics, i -> center.at(radiusRad, 2 * Math.PI * i / POINTS));
  }

  private void line(Graphics2D graphics, IntFunction<SkyPoint> points) {
    Path2D path = new Path2D.Double();
    double[] last = {Double.NaN, Double.NaN};
    for (int i = 0; i <= POINTS; i++) {
      double[] place = projection.placeOf(points.apply(i));
      boolean joined = Math.hypot(place[0] - last[0], place[1] - last[1]) < JUMP_MAX;
      double x = left + (place[0] + 1) / 2 * width;
      double y = top + (1 - place[1]) / 2 * height;
      if (joined) {
        path.lineTo(x, y);
      } else {
        path.moveTo(x, y);
      }
      last = place;
    }
    graphics.draw(path);
  }

  int column(double x) {
    return (int) Math.round(left + (x + 1) / 2 * width);
  }

  int row(double y) {
    return (int) Math.round(top + (1 - y) / 2 * height);
  }
}
