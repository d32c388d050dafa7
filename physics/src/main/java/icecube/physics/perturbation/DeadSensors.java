// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.PulseSeries;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Sensors that see nothing, each by chance and with all its pulses. Which ones is drawn anew for
 * each event, so that a table tells of dead sensors and not of one choice of them.
 *
 * @param share of the sensors, 0..1
 */
public record DeadSensors(double share) implements Perturbation {
  private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

  public DeadSensors {
    PulseColumns.requireShare("share", share);
  }

  @Override
  public String name() {
    return "sensors dead " + PulseColumns.percent(share);
  }

  @Override
  public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
    long start = random.nextLong();
    // The number at place sensor_id of one stream, so that a sensor's pulses share their fate.
    return PulseColumns.kept(
        pulses,
        pulse -> new SplittableRandom(start + STEP * pulses.sensorId(pulse)).nextDouble() >= share);
  }
}
