// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.stream.EventLog;

/**
 * What a run simulates instead of the mesh as it is: a test plants a bug here, to see that it is
 * found.
 */
interface Variant {
  /** The mesh as it is. */
  Variant NONE = new Variant() {};

  /** The log as its server keeps it. */
  default EventLog server(EventLog log, Dice dice) {
    return log;
  }

  /** The log as an emitter asks it. */
  default EventLog emitter(EventLog log) {
    return log;
  }

  /** The log as a consumer asks it. */
  default EventLog consumer(EventLog log) {
    return log;
  }
}
