// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.PulseSeries;
import java.util.random.RandomGenerator;

/**
 * Coincidence judged wrongly: the auxiliary flag of each pulse is turned round by chance.
 *
 * @param share of the flags, 0..1
 */
public record AuxiliaryFlips(double share) implements Perturbation {
  public AuxiliaryFlips {
    PulseColumns.requireShare("share", share);
  }

  @Override
  public String name() {
    return "auxiliary flipped " + PulseColumns.percent(share);
  }

  @Override
  public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
    PulseColumns columns = PulseColumns.of(pulses);
    for (int pulse = 0; pulse < columns.auxiliary.length; pulse++) {
      columns.auxiliary[pulse] ^= random.nextDouble() < share;
    }
    return columns.toPulses();
  }
}
