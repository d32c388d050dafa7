// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where meridians meet the lower edge of a panel, and parallels its left edge. Stateless. */
final class ZoomLabels {
  private static final int STEPS = 600;

  /** Labels nearer than this to the last one would overlap. */
  private static final double GAP_MIN = 0.2;

  private ZoomLabels() {}

  /**
   * One label.
   *
   * @param isLongitude whether it stands at the lower edge, else at the left one
   * @param place −1..1 along the edge
   * @param text in degrees
   */
  record Mark(boolean isLongitude, double place, String text) {}

  static List<Mark> of(Projection projection, double longitudeStep, double latitudeStep) {
    List<Mark> marks = new ArrayList<>();
    along(projection, true, longitudeStep, marks);
    along(projection, false, latitudeStep, marks);
    return marks;
  }

  private static void along(
      Projection projection, boolean isLongitude, double step, List<Mark> marks) {
    double lastDegrees = Double.NaN;
    double lastPlace = -2;
    for (int i = 0; i <= STEPS; i++) {
      double place = 2.0 * i / STEPS - 1;
      Optional<SkyPoint> point =
          isLongitude ? projection.pointAt(place, -1) : projection.pointAt(-1, place);
      double degrees =
          point
              .map(it -> Math.toDegrees(isLongitude ? it.longitudeRad() : it.latitudeRad()))
              .orElse(Double.NaN);
      double line = Math.max(Math.floor(degrees / step), Math.floor(lastDegrees / step));
      boolean crosses =
          Math.floor(degrees / step) != Math.floor(lastDegrees / step)
              && Math.abs(degrees - lastDegrees) < 180;
      boolean turns = Math.abs(degrees - lastDegrees) >= 180;
      if ((crosses || turns) && place - lastPlace >= GAP_MIN) {
        marks.add(new Mark(isLongitude, place, text(turns ? 0 : line * step, step, isLongitude)));
        lastPlace = place;
      }
      lastDegrees = degrees;
    }
  }

  private static String text(double degrees, double step, boolean isLongitude) {
    int digits = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
    boolean hasSign = !isLongitude && degrees != 0;
    return String.format(Locale.ROOT, (hasSign ? "%+." : "%.") + digits + "f°", degrees);
  }
}
