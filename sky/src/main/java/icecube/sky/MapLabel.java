// SPDX-License-Identifier: Apache-2.0
package icecube.sky;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What a map is of: an event, who said where it came from, and in which coordinates.
 *
 * @param eventId the event
 * @param model name and version of the model that answered
 * @param time when the event was, for right ascension and declination; empty for the detector's own
 *     azimuth and height
 */
public record MapLabel(long eventId, String model, Optional<EventTime> time) {
  public MapLabel {
    requireNonNull(model, "model");
    requireNonNull(time, "time");
  }

  /** Whether longitudes are right ascensions. */
  public boolean isEquatorial() {
    return time.isPresent();
  }
}
