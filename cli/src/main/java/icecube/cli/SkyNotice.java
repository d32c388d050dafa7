// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import icecube.sky.EventTime;
import icecube.sky.MapLabel;
import icecube.sky.SkyMap;
import java.nio.file.Path;
import java.util.List;

/**
 * A notice in the form of GCN's IceCube alerts, marked as a test: nothing is sent. What is not
 * known (p_astro, far, energy, alert_datetime) is absent. Names and units: the GCN schema,
 * notices/core and notices/icecube.
 *
 * @param mission the observatory
 * @param instrument its configuration
 * @param messenger what was seen
 * @param id the event
 * @param recordNumber 1 for the first notice of an event
 * @param alertType initial, update or retraction
 * @param alertTense test: neither current nor archival
 * @param triggerTime when the event was, UTC
 * @param ra right ascension, degrees
 * @param dec declination, degrees
 * @param raDecError radius of the circle around it, degrees
 * @param containmentProbability what that circle holds
 * @param systematicIncluded whether systematic errors are in it
 * @param healpixUrl the map
 */
@JsonPropertyOrder({
  "mission",
  "instrument",
  "messenger",
  "id",
  "record_number",
  "alert_type",
  "alert_tense",
  "trigger_time",
  "ra",
  "dec",
  "ra_dec_error",
  "containment_probability",
  "systematic_included",
  "healpix_url"
})
record SkyNotice(
    @JsonProperty("mission") String mission,
    @JsonProperty("instrument") String instrument,
    @JsonProperty("messenger") String messenger,
    @JsonProperty("id") List<String> id,
    @JsonProperty("record_number") int recordNumber,
    @JsonProperty("alert_type") String alertType,
    @JsonProperty("alert_tense") String alertTense,
    @JsonProperty("trigger_time") String triggerTime,
    @JsonProperty("ra") double ra,
    @JsonProperty("dec") double dec,
    @JsonProperty("ra_dec_error") double raDecError,
    @JsonProperty("containment_probability") double containmentProbability,
    @JsonProperty("systematic_included") boolean systematicIncluded,
    @JsonProperty("healpix_url") String healpixUrl) {
  private static final double CONTAINMENT = 0.9;

  static SkyNotice of(SkyMap map, MapLabel label, EventTime time, Path fits) {
    return new SkyNotice(
        "IceCube",
        "IC86",
        "Neutrino",
        List.of(String.valueOf(label.eventId())),
        1,
        "initial",
        "test",
        time.toIso() + "Z",
        rounded(map.center().longitudeRad()),
        rounded(map.center().latitudeRad()),
        rounded(map.profile().radiusRad(CONTAINMENT)),
        CONTAINMENT,
        false,
        fits.toAbsolutePath().normalize().toUri().toString());
  }

  /** Degrees to four digits, a third of an arc second. */
  private static double rounded(double rad) {
    return Math.round(Math.toDegrees(rad) * 1e4) / 1e4;
  }
}
