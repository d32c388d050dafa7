// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import static java.util.Objects.requireNonNull;

import icecube.physics.DetectorGeometry;
import icecube.physics.PulseSeries;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Strings without power: so many of the array, drawn anew for each event, see nothing.
 *
 * @param count how many strings, at most all
 * @param geometry which sensor hangs on which string
 */
public record DeadStrings(int count, DetectorGeometry geometry) implements Perturbation {
  public DeadStrings {
    requireNonNull(geometry, "geometry");
    if (count < 0 || count > geometry.stringCount()) {
      throw new IllegalArgumentException(
          "count: " + count + " (expected: 0.." + geometry.stringCount() + ")");
    }
  }

  @Override
  public String name() {
    return "strings dead " + count + " of " + geometry.stringCount();
  }

  @Override
  public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
    BitSet dead = new BitSet();
    // Floyd's sample without repetition (Bentley, Communications of the ACM 30 (1987) 754).
    for (int last = geometry.stringCount() - count + 1; last <= geometry.stringCount(); last++) {
      int drawn = 1 + random.nextInt(last);
      dead.set(dead.get(drawn) ? last : drawn);
    }
    return PulseColumns.kept(pulses, pulse -> !dead.get(geometry.stringId(pulses.sensorId(pulse))));
  }
}
