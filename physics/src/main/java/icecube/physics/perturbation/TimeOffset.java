// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.PulseSeries;
import java.util.random.RandomGenerator;

/**
 * A clock that started earlier: all times are later by the same. An answer may not depend on it; if
 * it does, it has learned when the readout window begins.
 *
 * @param offsetNs added to each time, ns, from 0 to {@link #OFFSET_NS_MAX}
 */
public record TimeOffset(int offsetNs) implements Perturbation {
  /**
   * A million ns: a window of the readout lasts 0.1 ms at most, and later times would near {@link
   * icecube.physics.EventDefect#TIME_NS_MAX}, beyond which an event is unsound.
   */
  public static final int OFFSET_NS_MAX = 1_000_000;

  public TimeOffset {
    if (offsetNs < 0 || offsetNs > OFFSET_NS_MAX) {
      throw new IllegalArgumentException(
          "offset: " + offsetNs + " ns (expected: 0.." + OFFSET_NS_MAX + ")");
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
