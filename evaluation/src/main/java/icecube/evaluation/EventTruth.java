// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import static java.util.Objects.requireNonNull;

import icecube.physics.Direction;
import org.jspecify.annotations.Nullable;

/**
 * What is true of an event, as far as it is known, and what it is sorted by.
 *
 * @param direction where the neutrino came from
 * @param energyGev its energy, GeV; null where the data set does not tell
 * @param isTrack whether it is a track, not a cascade; null where the data set does not tell
 * @param pulseCount pulses of the event
 */
public record EventTruth(
    Direction direction, @Nullable Double energyGev, @Nullable Boolean isTrack, int pulseCount) {
  public EventTruth {
    requireNonNull(direction, "direction");
  }
}
