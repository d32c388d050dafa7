// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.PulseSeries;
import java.util.random.RandomGenerator;

/**
 * Pulses that were lost on the way, each by chance.
 *
 * @param share of the pulses, 0..1
 */
public record DroppedPulses(double share) implements Perturbation {
  public DroppedPulses {
    PulseColumns.requireShare("share", share);
  }

  @Override
  public String name() {
    return "pulses dropped " + PulseColumns.percent(share);
  }

  @Override
  public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
    return PulseColumns.kept(pulses, pulse -> random.nextDouble() >= share);
  }
}
