// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.PulseSeries;
import java.util.random.RandomGenerator;

/**
 * Charges that are not quite right: each is multiplied by a log-normal deviate of mean 1 and this
 * standard deviation, exp(sZ − s²/2) with s² = ln(1 + r²), so that none becomes negative.
 *
 * @param relative r, the standard deviation of the factor
 */
public record ChargeNoise(double relative) implements Perturbation {
  public ChargeNoise {
    if (!(relative >= 0) || Double.isInfinite(relative)) {
      throw new IllegalArgumentException("relative: " + relative + " (expected: finite and >= 0)");
    }
  }

  @Override
  public String name() {
    return "charge noise " + PulseColumns.percent(relative);
  }

  @Override
  public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
    double variance = Math.log1p(relative * relative);
    double sigma = Math.sqrt(variance);
    PulseColumns columns = PulseColumns.of(pulses);
    for (int pulse = 0; pulse < columns.chargePe.length; pulse++) {
      double factor = Math.exp(sigma * random.nextGaussian() - variance / 2);
      double chargePe = columns.chargePe[pulse] * factor;
      columns.chargePe[pulse] =
          (float) Math.max(Float.MIN_NORMAL, Math.min(Float.MAX_VALUE, chargePe));
    }
    return columns.toPulses();
  }
}
