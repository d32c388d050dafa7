// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static java.util.Objects.requireNonNull;

import icecube.physics.Direction;
import icecube.physics.Event;

/**
 * An event with the truth that a real one never tells.
 *
 * @param event what the detector reads out; its id is the event's index + 1
 * @param truth where the neutrino came from
 * @param energyGev energy set free as light-giving particles, GeV; of a track that enters from
 *     outside, what its muon would have at the vertex after mean losses
 * @param topology the shape of the event
 */
public record SimulatedEvent(Event event, Direction truth, double energyGev, Topology topology) {
  public SimulatedEvent {
    requireNonNull(event, "event");
    requireNonNull(truth, "truth");
    requireNonNull(topology, "topology");
    if (!(energyGev > 0)) {
      throw new IllegalArgumentException("energy: " + energyGev + " GeV (expected: > 0)");
    }
  }
}
