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
 * <p>Declination = zenith − 90°; right ascension = 2.54199002505 + 2π·frac(mjd / 0.997269566) −
 * azimuth, as IceCube's skyllh has it. The constant turns the detector's x axis to the stars, the
 * divisor is a sidereal day in days. The formula knows neither precession nor the detector's 11 km
 * from the axis of the Earth: between 2008 and 2028 its answers lie up to 0.3° from astropy's (test
 * and README.md). Immutable and thread-safe.
 *
 * @param mjd modified Julian date, days since 1858-11-17T00:00 UTC, from 1970 to 2100
 */
public record EventTime(double mjd) {
  /** 1970-01-01. */
  public static final double MJD_MIN = 40_587;

  /** 2100-01-01. */
  public static final double MJD_MAX = 88_069;

  private static final double SIDEREAL_DAY_DAYS = 0.997269566;
  private static final double OFFSET_RAD = 2.54199002505;
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

  /** Right ascension and declination of a direction at this time. */
  public SkyPoint equatorial(Direction direction) {
    double turns = mjd / SIDEREAL_DAY_DAYS;
    double rightAscension =
        OFFSET_RAD + 2 * Math.PI * (turns - Math.floor(turns)) - direction.azimuthRad();
    return new SkyPoint(rightAscension, direction.zenithRad() - Math.PI / 2);
  }
}
