// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import java.util.Optional;

/**
 * A way to lay the sky flat. x grows to the right and y upward; the panel spans −1..1 in both.
 * Longitude grows to the left, as one sees it looking up with north above. Pure and thread-safe.
 */
interface Projection {
  /** The point shown at a place of the panel, if any. */
  Optional<SkyPoint> pointAt(double x, double y);

  /** Where a point is shown: x, y; beyond −1..1 if the panel does not show it. */
  double[] placeOf(SkyPoint point);

  /**
   * The whole sky with true areas in an ellipse, longitude 180° in its middle: y = sin θ, x =
   * −(2/π) Δlongitude/2 · cos θ, with 2θ + sin 2θ = π sin latitude (J. P. Snyder, Map Projections,
   * USGS 1395 (1987) 249).
   */
  record Mollweide() implements Projection {
    private static final int STEPS_MAX = 60;

    @Override
    public Optional<SkyPoint> pointAt(double x, double y) {
      if (x * x + y * y >= 1) {
        return Optional.empty();
      }
      double theta = Math.asin(y);
      double sine = (2 * theta + Math.sin(2 * theta)) / Math.PI;
      double east = -x * Math.PI / Math.cos(theta);
      return Optional.of(new SkyPoint(Math.PI + east, Math.asin(Math.max(-1, Math.min(1, sine)))));
    }

    @Override
    public double[] placeOf(SkyPoint point) {
      double wanted = Math.PI * Math.sin(point.latitudeRad());
      double low = -Math.PI / 2;
      double high = Math.PI / 2;
      for (int i = 0; i < STEPS_MAX; i++) {
        double middle = (low + high) / 2;
        if (2 * middle + Math.sin(2 * middle) < wanted) {
          low = middle;
        } else {
          high = middle;
        }
      }
      double theta = (low + high) / 2;
      return new double[] {
        -(point.longitudeRad() - Math.PI) / Math.PI * Math.cos(theta), Math.sin(theta)
      };
    }
  }

  /**
   * The surroundings of a point with true distances from it.
   *
   * @param center what is shown in the middle
   * @param radiusRad the distance from the middle to the edges, at most π
   */
  record Zoom(SkyPoint center, double radiusRad) implements Projection {
    @Override
    public Optional<SkyPoint> pointAt(double x, double y) {
      double angle = Math.hypot(x, y) * radiusRad;
      return angle > Math.PI ? Optional.empty() : Optional.of(center.at(angle, Math.atan2(-x, y)));
    }

    @Override
    public double[] placeOf(SkyPoint point) {
      double distance = center.separationRad(point) / radiusRad;
      double bearing = center.bearingRad(point);
      return new double[] {-distance * Math.sin(bearing), distance * Math.cos(bearing)};
    }
  }
}
