// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.PulseSeries;
import java.util.random.RandomGenerator;

/**
 * A clock that started earlier: all times are later by the same. An answer may not depend on it; if
 * it does, it has learned when the readout window begins.
 *
 * @param offsetNs added to each time, ns, at least 0
 */
public record TimeOffset(int offsetNs) implements Perturbation {
  public TimeOffset {
    if (offsetNs < 0) {
      throw new IllegalArgumentException("offset: " + offsetNs + " ns (expected: >= 0)");
    }
  }

  @Override
  public String name() {
    return "times " + offsetNs + " ns later";
  }

  @Override
  public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
    PulseColumns columns = PulseColumns.of(pulses);
    for (int pulse = 0; pulse < columns.timeNs.length; pulse++) {
      columns.timeNs[pulse] += offsetNs;
    }
    return columns.toPulses();
  }
}
