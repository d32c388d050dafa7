// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * The sensors' own noise: lone pulses, and bursts that radioactive decays in the glass leave over
 * microseconds.
 *
 * <p>633 Hz a sensor above threshold (IceTray's vuvuzela: 173.5 Hz thermal and 56.9 Hz of decays
 * with 8.07 each), times 780/560 with high quantum efficiency; 3/7 of it lone, the rest in bursts
 * of 3.5 with log10(Δt/s) ~ N(−6, 0.85) (arXiv:1612.05093). Dead sensors are silent. Confined to
 * one thread.
 */
final class NoiseLight {
  /** Recorded noise: 173.5 Hz thermal, 56.9 Hz of decays with 8.07 photo-electrons each. */
  static final double RECORDED_HZ = 173.5 + 56.9 * 8.07;

  private static final double RATE_HZ = RECORDED_HZ / SensorResponse.RECORDED_SHARE;
  private static final double EFFICIENT_RATE_HZ = RATE_HZ * 780 / 560;
  private static final double LONE_SHARE = 3.0 / 7;
  private static final double BURST_MEAN = 3.5;

  /** Bursts that began this long before the window still reach into it. */
  private static final double BURST_LOOK_BACK_NS = 40_000;

  private static final double BURST_LOG10_NS = 3;
  private static final double BURST_LOG10_SIGMA = 0.85;
  private static final double LN10 = StrictMath.log(10);

  private final SensorArray sensors;
  private final PhotonBuffer photons;
  private final RandomStream random;
  private final double ratePerNs;

  NoiseLight(SensorArray sensors, PhotonBuffer photons, RandomStream random, double scale) {
    this.sensors = sensors;
    this.photons = photons;
    this.random = random;
    double rateHz = 0;
    for (int slot = 0; slot < sensors.count(); slot++) {
      rateHz += sensors.isAlive(slot) ? sensors.isEfficient(slot) ? EFFICIENT_RATE_HZ : RATE_HZ : 0;
    }
    this.ratePerNs = scale * 1e-9 * rateHz;
  }

  /** Adds the noise of all sensors between two times, ns. */
  void fill(double fromNs, double toNs) {
    long lone = random.poisson(ratePerNs * LONE_SHARE * (toNs - fromNs));
    for (long photon = 0; photon < lone; photon++) {
      photons.addSingle(noisySlot(), random.uniform(fromNs, toNs));
    }
    double burstRate = ratePerNs * (1 - LONE_SHARE) / BURST_MEAN;
    long bursts = random.poisson(burstRate * (toNs - fromNs + BURST_LOOK_BACK_NS));
    for (long burst = 0; burst < bursts; burst++) {
      addBurst(random.uniform(fromNs - BURST_LOOK_BACK_NS, toNs), fromNs, toNs);
    }
  }

  private void addBurst(double startNs, double fromNs, double toNs) {
    int slot = noisySlot();
    double timeNs = startNs;
    long left = random.poisson(BURST_MEAN - 1);
    while (true) {
      if (timeNs > toNs) {
        return;
      }
      if (timeNs >= fromNs) {
        photons.addSingle(slot, timeNs);
      }
      if (left-- == 0) {
        return;
      }
      double log10 = BURST_LOG10_NS + BURST_LOG10_SIGMA * random.gauss();
      timeNs += StableMath.exp(LN10 * log10);
    }
  }

  /** A sensor by its share of the noise: all equal but for those with high efficiency. */
  private int noisySlot() {
    while (true) {
      int slot = random.below(sensors.count());
      if (sensors.isAlive(slot)
          && (sensors.isEfficient(slot) || random.chance(RATE_HZ / EFFICIENT_RATE_HZ))) {
        return slot;
      }
    }
  }
}
