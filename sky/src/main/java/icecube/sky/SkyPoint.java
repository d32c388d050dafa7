// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import icecube.physics.Direction;

/**
 * A point on a sphere with poles: right ascension and declination on the sky, azimuth and height
 * above the horizon in the detector.
 *
 * @param longitudeRad [0, 2π), growing eastward on the sky
 * @param latitudeRad [−π/2, π/2]
 */
public record SkyPoint(double longitudeRad, double latitudeRad) {
  private static final double TURN_RAD = 2 * Math.PI;

  /** Takes any finite longitude and brings it into [0, 2π). */
  public SkyPoint {
    if (!Double.isFinite(longitudeRad) || !(Math.abs(latitudeRad) <= Math.PI / 2)) {
      throw new IllegalArgumentException(
          "sky point: longitude "
              + longitudeRad
              + ", latitude "
              + latitudeRad
              + " (expected: finite rad, latitude -pi/2..pi/2)");
    }
    longitudeRad -= TURN_RAD * Math.floor(longitudeRad / TURN_RAD);
    if (longitudeRad >= TURN_RAD) { // −1e-17 + 2π rounds to 2π, which is 0
      longitudeRad = 0;
    }
  }

  /** A direction in the detector's own coordinates: azimuth, and 90° − zenith. */
  public static SkyPoint ofDetector(Direction direction) {
    return new SkyPoint(direction.azimuthRad(), Math.PI / 2 - direction.zenithRad());
  }

  /**
   * The great-circle angle to another point, [0, π] rad, exact for small and for opposite angles:
   * the half-versine of R. W. Sinnott, Sky and Telescope 68 (1984) 158.
   */
  public double separationRad(SkyPoint other) {
    double latitudeSine = Math.sin((other.latitudeRad - latitudeRad) / 2);
    double longitudeSine = Math.sin((other.longitudeRad - longitudeRad) / 2);
    double square =
        latitudeSine * latitudeSine
            + Math.cos(latitudeRad) * Math.cos(other.latitudeRad) * longitudeSine * longitudeSine;
    // Near opposite points 1 − square cancels; the complement is computed from sums instead.
    double latitudeCosine = Math.sin((other.latitudeRad + latitudeRad) / 2);
    double longitudeCosine = Math.cos((other.longitudeRad - longitudeRad) / 2);
    double complement =
        latitudeCosine * latitudeCosine
            + Math.cos(latitudeRad)
                * Math.cos(other.latitudeRad)
                * longitudeCosine
                * longitudeCosine;
    return 2 * Math.atan2(Math.sqrt(square), Math.sqrt(complement));
  }

  /** The direction in which another point lies, from north over east, rad; 0 where it has none. */
  public double bearingRad(SkyPoint other) {
    double across = Math.sin(other.longitudeRad - longitudeRad) * Math.cos(other.latitudeRad);
    double up =
        Math.cos(latitudeRad) * Math.sin(other.latitudeRad)
            - Math.sin(latitudeRad)
                * Math.cos(other.latitudeRad)
                * Math.cos(other.longitudeRad - longitudeRad);
    return Math.atan2(across, up);
  }

  /** The point at an angle from here, in the direction of a bearing from north over east. */
  public SkyPoint at(double angleRad, double bearingRad) {
    double sine =
        Math.sin(latitudeRad) * Math.cos(angleRad)
            + Math.cos(latitudeRad) * Math.sin(angleRad) * Math.cos(bearingRad);
    double latitude = Math.asin(Math.max(-1, Math.min(1, sine)));
    double longitude =
        longitudeRad
            + Math.atan2(
                Math.sin(bearingRad) * Math.sin(angleRad) * Math.cos(latitudeRad),
                Math.cos(angleRad) - Math.sin(latitudeRad) * sine);
    return new SkyPoint(longitude, latitude);
  }
}
