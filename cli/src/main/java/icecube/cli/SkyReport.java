// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import icecube.physics.Direction;
import icecube.sky.EventTime;
import icecube.sky.Healpix;
import icecube.sky.MapLabel;
import icecube.sky.SkyMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a map says, in a table or as JSON; angles in degrees.
 *
 * @param eventId the event
 * @param model name and version of the model
 * @param timeUtc when the event was, if known
 * @param mjd the same as modified Julian date
 * @param raDegrees right ascension, if the time is known
 * @param decDegrees declination, if the time is known
 * @param azimuthDegrees in the detector
 * @param zenithDegrees in the detector
 * @param uncertainty what the profile was made from
 * @param radius50Degrees radius of the circle that holds 50 %
 * @param radius90Degrees radius of the circle that holds 90 %
 * @param area50SquareDegrees smallest area that holds 50 %
 * @param area90SquareDegrees smallest area that holds 90 %
 * @param systematicIncluded whether systematic errors are in it: never
 * @param pixels pixels of the map
 * @param orderMax finest order of the map
 * @param total sum of probability
 * @param files what was written
 */
@JsonPropertyOrder({
  "eventId",
  "model",
  "timeUtc",
  "mjd",
  "raDegrees",
  "decDegrees",
  "azimuthDegrees",
  "zenithDegrees",
  "uncertainty",
  "radius50Degrees",
  "radius90Degrees",
  "area50SquareDegrees",
  "area90SquareDegrees",
  "systematicIncluded",
  "pixels",
  "orderMax",
  "total",
  "files"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
record SkyReport(
    long eventId,
    String model,
    @Nullable String timeUtc,
    @Nullable Double mjd,
    @Nullable Double raDegrees,
    @Nullable Double decDegrees,
    double azimuthDegrees,
    double zenithDegrees,
    String uncertainty,
    double radius50Degrees,
    double radius90Degrees,
    double area50SquareDegrees,
    double area90SquareDegrees,
    boolean systematicIncluded,
    int pixels,
    int orderMax,
    double total,
    List<String> files) {
  static SkyReport of(
      SkyMap map, MapLabel label, Direction direction, String uncertainty, List<Path> files) {
    EventTime time = label.time().isPresent() ? label.time().get() : null;
    return new SkyReport(
        label.eventId(),
        label.model(),
        time == null ? null : time.toIso(),
        time == null ? null : time.mjd(),
        time == null ? null : Math.toDegrees(map.center().longitudeRad()),
        time == null ? null : Math.toDegrees(map.center().latitudeRad()),
        Math.toDegrees(direction.azimuthRad()),
        Math.toDegrees(direction.zenithRad()),
        uncertainty,
        Math.toDegrees(map.profile().radiusRad(0.5)),
        Math.toDegrees(map.profile().radiusRad(0.9)),
        map.areaSquareDegrees(0.5),
        map.areaSquareDegrees(0.9),
        false,
        map.pixelCount(),
        map.orderMax(),
        map.total(),
        files.stream().map(Path::toString).toList());
  }

  String toTable() {
    StringBuilder table = new StringBuilder();
    line(table, "event", "%d, model %s", eventId, model);
    if (timeUtc == null || mjd == null || raDegrees == null || decDegrees == null) {
      line(
          table,
          "time",
          "unknown: the map is in detector coordinates (--mjd or --time gives RA, Dec)");
    } else {
      line(table, "time", "%s UTC (MJD %.6f)", timeUtc, mjd);
      line(table, "RA, Dec (J2000)", "%.4f deg, %.4f deg", raDegrees, decDegrees);
    }
    line(table, "azimuth, zenith", "%.4f deg, %.4f deg", azimuthDegrees, zenithDegrees);
    line(table, "uncertainty", "%s", uncertainty);
    line(
        table,
        "error circle",
        "50 %% %.2f deg, 90 %% %.2f deg; systematic errors not included",
        radius50Degrees,
        radius90Degrees);
    line(
        table,
        "area",
        "50 %% %.2f deg2, 90 %% %.2f deg2",
        area50SquareDegrees,
        area90SquareDegrees);
    line(
        table,
        "map",
        "%,d pixels, nside 8 to %d, sum %.6f",
        pixels,
        Healpix.edgeCount(orderMax),
        total);
    files.forEach(file -> table.append("  wrote ").append(file).append(System.lineSeparator()));
    return table.toString();
  }

  @FormatMethod
  private static void line(
      StringBuilder table, String name, @FormatString String pattern, Object... values) {
    table.append(String.format(Locale.ROOT, "  %-20s ", name));
    table.append(String.format(Locale.ROOT, pattern, values)).append(System.lineSeparator());
  }
}
