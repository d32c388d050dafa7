// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/** The shape in which an event's light leaves the ice. */
public enum Topology {
  /** A muon's line of light, hundreds of metres long: the direction is well visible. */
  TRACK,
  /** A shower a few metres long, nearly a ball of light: the direction is hard to see. */
  CASCADE
}
