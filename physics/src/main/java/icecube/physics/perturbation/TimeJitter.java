// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.EventDefect;
import icecube.physics.PulseSeries;
import java.util.random.RandomGenerator;

/**
 * Clocks that are not quite right: a normal deviate of this width is added to each time, which is
 * then rounded to whole ns, as times in the data are, and kept within those that are sound.
 *
 * @param sigmaNs standard deviation, ns
 */
public record TimeJitter(double sigmaNs) implements Perturbation {
  public TimeJitter {
    if (!(sigmaNs >= 0) || Double.isInfinite(sigmaNs)) {
      throw new IllegalArgumentException("sigma: " + sigmaNs + " ns (expected: finite and >= 0)");
    }
  }

  @Override
  public String name() {
    return "time jitter " + Math.round(sigmaNs) + " ns";
  }

  @Override
  public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
    PulseColumns columns = PulseColumns.of(pulses);
    for (int pulse = 0; pulse < columns.timeNs.length; pulse++) {
      double timeNs = Math.rint(columns.timeNs[pulse] + sigmaNs * random.nextGaussian());
      // max with 0.0 turns −0 into 0, too, which would sort last.
      columns.timeNs[pulse] = (float) Math.max(0.0, Math.min(EventDefect.TIME_NS_MAX, timeNs));
    }
    return columns.toSortedPulses();
  }
}
