// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * How a DOM turns a photo-electron into charge and time: jitter, odd pulses, charge (constants of
 * IceTray's DOMLauncher; charge response of the newer calibration).
 */
final class SensorResponse {
  /** Charge below which a photon starts no readout, p.e. */
  static final double THRESHOLD_PE = 0.25;

  private static final double JITTER_SHIFT_NS = 0.153;
  private static final double JITTER_SCALE_NS = 1.918;

  private static final double PREPULSE_PROBABILITY = 0.003;
  private static final double PREPULSE_NS = -31.8;
  private static final double LATE_PROBABILITY = 0.035;
  private static final double LATE_MEAN_NS = 66;
  private static final double LATE_SIGMA_NS = 25;
  private static final double LATE_MIN_NS = 37;
  private static final double LATE_MAX_NS = 141;
  private static final double AFTERPULSE_PROBABILITY = 0.059;
  private static final double AFTERPULSE_MEAN_NS = 6_000;
  private static final double AFTERPULSE_SIGMA_NS = 2_000;
  private static final double AFTERPULSE_MIN_NS = 500;

  /**
   * 0.549 e^(−q/0.383) + 0.753 Gauss(1.004, 0.320): the share of the exponential's area. The same
   * source's third term, 6.9 e^(−q/0.027), lies below any threshold; its light is left out.
   */
  static final double CHARGE_TAIL_SHARE =
      0.549 * 0.383 / (0.549 * 0.383 + 0.753 * 0.320 * 2.5066282746310002);

  static final double CHARGE_TAIL_PE = 0.383;
  static final double CHARGE_PEAK_PE = 1.004;
  static final double CHARGE_SIGMA_PE = 0.320;

  /** Share of single photo-electrons above the threshold: 1 − Φ((0.25 − 1.004)/0.320) = 0.99077. */
  static final double RECORDED_SHARE =
      CHARGE_TAIL_SHARE * StableMath.exp(-THRESHOLD_PE / CHARGE_TAIL_PE)
          + (1 - CHARGE_TAIL_SHARE) * 0.99077;

  /** Mean and σ of one photo-electron's charge, for sums of many. */
  static final double CHARGE_MEAN_PE =
      CHARGE_TAIL_SHARE * CHARGE_TAIL_PE + (1 - CHARGE_TAIL_SHARE) * CHARGE_PEAK_PE;

  static final double CHARGE_SPREAD_PE =
      Math.sqrt(
          CHARGE_TAIL_SHARE * 2 * CHARGE_TAIL_PE * CHARGE_TAIL_PE
              + (1 - CHARGE_TAIL_SHARE)
                  * (CHARGE_PEAK_PE * CHARGE_PEAK_PE + CHARGE_SIGMA_PE * CHARGE_SIGMA_PE)
              - CHARGE_MEAN_PE * CHARGE_MEAN_PE);

  private SensorResponse() {}

  /** Transit-time jitter: Gumbel, σ 2.5 ns. */
  static double jitterNs(RandomStream random) {
    return JITTER_SHIFT_NS + JITTER_SCALE_NS * random.gumbel();
  }

  /** 0 for nearly all; −31.8 ns for a prepulse, 37..141 ns for a late pulse. */
  static double oddDelayNs(RandomStream random) {
    double u = random.uniform();
    if (u > PREPULSE_PROBABILITY + LATE_PROBABILITY) {
      return 0;
    }
    if (u < PREPULSE_PROBABILITY) {
      return PREPULSE_NS;
    }
    double delay = LATE_MEAN_NS + LATE_SIGMA_NS * random.gauss();
    return Math.max(LATE_MIN_NS, Math.min(LATE_MAX_NS, delay));
  }

  /** Whether ions in the tube will answer this photo-electron once more. */
  static boolean hasAfterpulse(RandomStream random) {
    return random.chance(AFTERPULSE_PROBABILITY);
  }

  /** Delay of an afterpulse, about 6 µs. */
  static double afterpulseDelayNs(RandomStream random) {
    return Math.max(AFTERPULSE_MIN_NS, AFTERPULSE_MEAN_NS + AFTERPULSE_SIGMA_NS * random.gauss());
  }

  /** Charge of {@code weight} photo-electrons at once, p.e., ≥ 0. */
  static double chargePe(RandomStream random, double weight) {
    if (weight > 1) {
      double sum = weight * CHARGE_MEAN_PE + Math.sqrt(weight) * CHARGE_SPREAD_PE * random.gauss();
      return Math.max(0, sum);
    }
    if (random.chance(CHARGE_TAIL_SHARE)) {
      return CHARGE_TAIL_PE * random.exponential();
    }
    return Math.max(0, CHARGE_PEAK_PE + CHARGE_SIGMA_PE * random.gauss());
  }
}
