// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import icecube.physics.Direction;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * When an event happened, UTC, and with it where the sky stood over the detector.
 *
 * <p>On the equator and equinox of the date, declination = zenith − 90° and right ascension =
 * Greenwich's mean sidereal time (IAU 1982; UTC is taken for UT1) + 90° − azimuth, as the
 * detector's x axis points along the meridian 90° E and its y axis along Greenwich's. {@link
 * Precession} then brings them to J2000.0, which is ICRS to 0.02". What is left out, nutation,
 * aberration and the detector's 11 km from the Earth's axis, is up to 0.013° between 2008 and 2028
 * (test against astropy). Immutable and thread-safe.
 *
 * @param mjd modified Julian date, days since 1858-11-17T00:00 UTC, from 1970 to 2100
 */
public record EventTime(double mjd) {
  /** 1970-01-01. */
  public static final double MJD_MIN = 40_587;

  /** 2100-01-01. */
  public static final double MJD_MAX = 88_069;

  static final double J2000_MJD = 51_544.5;

  /** Greenwich's mean sidereal time at J2000.0, and how far it gets in a day beyond a turn. */
  private static final double SIDEREAL_DEGREES = 280.46061837;

  private static final double SIDEREAL_DEGREES_PER_DAY = 0.98564736629;

  /** Of the detector's x axis, towards the east. */
  private static final double X_AXIS_LONGITUDE_DEGREES = 90;

  private static final long DAY_SECONDS = 86_400;
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS", Locale.ROOT);

  public EventTime {
    if (!(mjd >= MJD_MIN && mjd <= MJD_MAX)) {
      throw new IllegalArgumentException(
          "mjd: "
              + mjd
              + " (expected: "
              + MJD_MIN
              + ".."
              + MJD_MAX
              + ", which is 1970 to 2100; the Julian date less 2400000.5)");
    }
  }

  /**
   * Reads an ISO-8601 date and time with its zone, such as {@code 2026-11-21T12:00:00Z}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static EventTime parse(String text) {
    Instant instant;
    try {
      instant = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "time: " + text + " (expected: ISO-8601 with a zone, such as 2026-11-21T12:00:00.000Z)",
          e);
    }
    double seconds = Math.floorMod(instant.getEpochSecond(), DAY_SECONDS) + instant.getNano() / 1e9;
    return new EventTime(
        MJD_MIN + Math.floorDiv(instant.getEpochSecond(), DAY_SECONDS) + seconds / DAY_SECONDS);
  }

  /** As ISO-8601 to the millisecond, without a zone: UTC, as FITS has it. */
  public String toIso() {
    long millis = Math.round((mjd - MJD_MIN) * DAY_SECONDS * 1e3);
    return MILLIS.format(Instant.EPOCH.plus(millis, ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC));
  }

  /** Right ascension and declination of a direction at this time, J2000.0. */
  public SkyPoint equatorial(Direction direction) {
    double rightAscension =
        Math.toRadians(siderealDegrees() + X_AXIS_LONGITUDE_DEGREES) - direction.azimuthRad();
    SkyPoint ofDate = new SkyPoint(rightAscension, direction.zenithRad() - Math.PI / 2);
    return Precession.toJ2000(ofDate, mjd);
  }

  /**
   * Greenwich's mean sidereal time, degrees, [0, 360); its term of the square of time, 0.1" today,
   * is left out.
   */
  double siderealDegrees() {
    double days = mjd - J2000_MJD;
    double degrees =
        SIDEREAL_DEGREES + SIDEREAL_DEGREES_PER_DAY * days + 360 * (days - Math.floor(days));
    return degrees - 360 * Math.floor(degrees / 360);
  }
}
