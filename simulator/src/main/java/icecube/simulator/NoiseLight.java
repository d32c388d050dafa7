// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * The sensors' own noise: lone pulses, and bursts that radioactive decays in the glass leave over
 * microseconds.
 *
 * <p>616 Hz a DOM, as the noise pulses of recorded events show, 858 Hz with high quantum efficiency
 * (the ratio 780/560 of arXiv:1612.05093); 3/7 of it lone, the rest in bursts of 3.5 with
 * log10(Δt/s) ~ N(−6, 0.85). Confined to one thread.
 */
final class NoiseLight {
  private static final double RATE_HZ = 616;
  private static final double DENSE_RATE_HZ = 858;
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
    int plain = sensors.count() - sensors.denseCount();
    this.ratePerNs = scale * 1e-9 * (plain * RATE_HZ + sensors.denseCount() * DENSE_RATE_HZ);
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
      if (sensors.isDense(slot) || random.chance(RATE_HZ / DENSE_RATE_HZ)) {
        return slot;
      }
    }
  }
}
