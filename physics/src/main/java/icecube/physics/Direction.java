// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * A point on the sky as seen from the detector: the unit vector (x, y, z) that points to where the
 * neutrino <em>came from</em>, so the particle itself flew along (−x, −y, −z).
 *
 * <p>x = cos(azimuth)·sin(zenith), y = sin(azimuth)·sin(zenith), z = cos(zenith), with z up.
 * Azimuth lies in [0, 2π), zenith in [0, π]; at the poles, where azimuth means nothing, it is 0.
 *
 * @param x east of the detector's axes, −1..1
 * @param y north of the detector's axes, −1..1
 * @param z up, −1..1
 */
public record Direction(double x, double y, double z) {
  /**
   * What an event without a direction counts as, in answers, submissions and means: the horizon at
   * azimuth 0. A score must count something, and a constant favours nobody.
   */
  public static final Direction NO_DIRECTION = new Direction(1, 0, 0);

  /** How far the length of (x, y, z) may lie from 1: float32 rounding with room to spare. */
  private static final double UNIT_TOLERANCE = 1e-5;

  public Direction {
    double norm = Math.sqrt(x * x + y * y + z * z);
    if (!(Math.abs(norm - 1) <= UNIT_TOLERANCE)) {
      throw new IllegalArgumentException(
          "direction: (" + x + ", " + y + ", " + z + ") (expected: a unit vector)");
    }
    x /= norm;
    y /= norm;
    z /= norm;
  }

  /**
   * The direction along a vector of any length.
   *
   * @throws IllegalArgumentException if the vector is zero or not finite
   */
  public static Direction along(double x, double y, double z) {
    // Scaled first, so that no square over- or underflows.
    double scale = Math.max(Math.max(Math.abs(x), Math.abs(y)), Math.abs(z));
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException(
          "vector: (" + x + ", " + y + ", " + z + ") (expected: finite and not zero)");
    }
    double scaledX = x / scale;
    double scaledY = y / scale;
    double scaledZ = z / scale;
    double norm = Math.sqrt(scaledX * scaledX + scaledY * scaledY + scaledZ * scaledZ);
    return new Direction(scaledX / norm, scaledY / norm, scaledZ / norm);
  }

  /**
   * The direction at two angles of any finite value, periodic as on a sphere.
   *
   * @throws IllegalArgumentException if an angle is not finite
   */
  public static Direction ofAngles(double azimuthRad, double zenithRad) {
    double sinZenith = Math.sin(zenithRad);
    return new Direction(
        Math.cos(azimuthRad) * sinZenith, Math.sin(azimuthRad) * sinZenith, Math.cos(zenithRad));
  }

  /** Angle around z from x towards y, in [0, 2π) rad; 0 at the poles. */
  public double azimuthRad() {
    // + 0.0 turns −0 into 0, else the azimuth of a pole would be π where x is −0.
    double angle = Math.atan2(y + 0.0, x + 0.0);
    double azimuth = angle < 0 ? angle + 2 * Math.PI : angle;
    // −1e-17 + 2π rounds to 2π itself, which is the same point as 0.
    return azimuth >= 2 * Math.PI ? 0 : azimuth + 0.0;
  }

  /** Angle down from z, in [0, π] rad. */
  public double zenithRad() {
    return Math.atan2(Math.hypot(x, y), z);
  }

  /** Cosine of the angle to {@code other}, −1..1 up to rounding. */
  public double dot(Direction other) {
    return x * other.x + y * other.y + z * other.z;
  }
}
