// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what services say about simulated faults out of the log: it is all as planned. */
final class Quiet {
  private Quiet() {}

  static void begin() {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.OFF);
    }
  }
}
