// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.Direction;

/**
 * What happened in the ice: a muon, a shower, or both from one vertex.
 *
 * @param topology the shape
 * @param origin where the particle came from
 * @param x vertex, metres; of a muon from outside, a place it passes
 * @param y vertex, metres
 * @param z vertex, metres
 * @param muonGev energy of the muon at the vertex; 0 without one
 * @param upstreamMeters how far before the vertex the muon already shines; 0 if it starts there
 * @param showerGev energy of the shower at the vertex; 0 without one
 * @param isHadronic whether the shower is hadronic and thus dimmer
 * @param timeNs when the particle is at the vertex
 */
record Primary(
    Topology topology,
    Direction origin,
    double x,
    double y,
    double z,
    double muonGev,
    double upstreamMeters,
    double showerGev,
    boolean isHadronic,
    double timeNs) {
  /** Energy at the vertex, GeV. */
  double energyGev() {
    return muonGev + showerGev;
  }
}
