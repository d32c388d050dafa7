// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

/**
 * The slow turn of the Earth's axis against the stars: from the mean equator and equinox of a date
 * to those of J2000.0.
 *
 * <p>Three rotations by angles that are cubic in time, IAU 1976 (Lieske et al., Astronomy and
 * Astrophysics 58 (1977) 1; Meeus, Astronomical Algorithms, chapter 21). IAU 2006 differs by 0.3" a
 * century. Stateless and thread-safe.
 */
final class Precession {
  private static final double CENTURY_DAYS = 36_525;
  private static final double ARC_SECOND_RAD = Math.PI / 180 / 3_600;

  private Precession() {}

  /** Where a place of the date's equator and equinox stands among those of J2000.0. */
  static SkyPoint toJ2000(SkyPoint ofDate, double mjd) {
    double t = (mjd - EventTime.J2000_MJD) / CENTURY_DAYS;
    double zeta = t * (2_306.2181 + t * (0.30188 + t * 0.017998)) * ARC_SECOND_RAD;
    double z = t * (2_306.2181 + t * (1.09468 + t * 0.018203)) * ARC_SECOND_RAD;
    double theta = t * (2_004.3109 - t * (0.42665 + t * 0.041833)) * ARC_SECOND_RAD;
    double longitude = ofDate.longitudeRad() - z;
    double latitudeCosine = Math.cos(ofDate.latitudeRad());
    double x = Math.cos(longitude) * latitudeCosine;
    double y = Math.sin(longitude) * latitudeCosine;
    double height = Math.sin(ofDate.latitudeRad());
    double turnedX = Math.cos(theta) * x + Math.sin(theta) * height;
    double turnedHeight = Math.cos(theta) * height - Math.sin(theta) * x;
    return new SkyPoint(
        Math.atan2(y, turnedX) - zeta, Math.atan2(turnedHeight, Math.hypot(turnedX, y)));
  }
}
