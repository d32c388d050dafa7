// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import java.util.HashMap;
import java.util.Map;

/**
 * What chance has done to each consumer that ever was in one run: it explains why a lease ran out.
 * Confined to one thread.
 */
final class Harms {
  private final Map<String, SimulatedProcess> processes = new HashMap<>();

  /** A consumer begins under this name. */
  void began(String consumer, SimulatedProcess process) {
    processes.put(consumer, process);
  }

  /** Whether it has died, was stopped, or was kept from its leases since then. */
  boolean befell(String consumer, long sinceNanos) {
    var process = processes.get(consumer);
    return process == null || process.isHarmedSince(sinceNanos);
  }
}
