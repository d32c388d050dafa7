// SPDX-License-Identifier: Apache-2.0

/**
 * Seeded neutrino events with the physics that shapes real ones: light of tracks and cascades
 * through layered ice, late scattered photons, noise, local coincidence, triggers and the readout's
 * quantised numbers. Same seed, same bytes, on every machine and for any number of threads.
 *
 * <pre>
 *   (seed, index) --> RandomStream
 *                        |
 *       PrimaryDraw --> Primary --> MuonLight, ShowerLight --> PhotonBuffer &lt;-- NoiseLight
 *                           (MuonTrack, IceModel, LightPath)         |
 *                                                                LaunchTable (HLC)
 *                                                                    |
 *                                   no trigger: draw again &lt;-- TriggerLogic
 *                                                                    |
 *                                                                PulseReadout --> SimulatedEvent
 * </pre>
 */
@NullMarked
package icecube.simulator;

import org.jspecify.annotations.NullMarked;
