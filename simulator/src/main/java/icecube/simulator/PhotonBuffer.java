// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import java.util.Arrays;

/**
 * The photo-electrons of one event as packed numbers that sort by slot, then time.
 *
 * <p>One long each: slot (16 bits), time in 1/64 ns since −2^24 ns (42 bits), and the power of two
 * of photo-electrons it stands for (5 bits). A sensor in blinding light draws at most about {@link
 * #SAMPLED_PER_SOURCE_MAX} times per source, each for 2^k photo-electrons. Reused from event to
 * event; confined to one thread.
 */
final class PhotonBuffer {
  /** Draws per sensor and source; beyond, each stands for several photo-electrons. */
  static final int SAMPLED_PER_SOURCE_MAX = 500;

  /**
   * Most photons of one event: 128 MiB; later ones are dropped (sensors seen last, at >100 PeV).
   */
  static final int COUNT_MAX = 1 << 24;

  /** Times further than this from the vertex's time are of no event: 2^24 ns. */
  private static final long ORIGIN_NS = 1L << 24;

  private static final int WEIGHT_BITS = 5;
  private static final int TIME_BITS = 42;
  private static final double TICKS_PER_NS = 64;

  private long[] photons = new long[1024];
  private int count;
  private int weightLog2;

  void clear() {
    count = 0;
  }

  int count() {
    return count;
  }

  /**
   * Draws how many photons to sample for an expected number of photo-electrons, and remembers what
   * each stands for until the next call.
   *
   * @param u the draw's first uniform number; the draw is 0 if u ≤ 1 − meanPe
   */
  int drawCount(RandomStream random, double meanPe, double u) {
    weightLog2 = 0;
    double mean = meanPe;
    while (mean > SAMPLED_PER_SOURCE_MAX) {
      mean /= 2;
      weightLog2++;
    }
    // 5 bits end at 2^31 photo-electrons a draw; the ceiling of energies stays below.
    weightLog2 = Math.min(weightLog2, (1 << WEIGHT_BITS) - 1);
    return (int) random.poisson(mean, u);
  }

  /** Adds a photon of the last {@link #drawCount}. */
  void add(int slot, double timeNs) {
    add(slot, timeNs, weightLog2);
  }

  /** Adds a photon that is one photo-electron. */
  void addSingle(int slot, double timeNs) {
    add(slot, timeNs, 0);
  }

  private void add(int slot, double timeNs, int weight) {
    if (!(Math.abs(timeNs) < ORIGIN_NS) || count == COUNT_MAX) {
      return;
    }
    if (count == photons.length) {
      photons = Arrays.copyOf(photons, count * 2);
    }
    long ticks = (long) ((timeNs + ORIGIN_NS) * TICKS_PER_NS);
    photons[count++] = ((long) slot << TIME_BITS | ticks) << WEIGHT_BITS | weight;
  }

  void sort() {
    Arrays.sort(photons, 0, count);
  }

  int slot(int photon) {
    return (int) (photons[photon] >>> (TIME_BITS + WEIGHT_BITS));
  }

  double timeNs(int photon) {
    long ticks = photons[photon] >>> WEIGHT_BITS & ((1L << TIME_BITS) - 1);
    return ticks / TICKS_PER_NS - ORIGIN_NS;
  }

  /** Photo-electrons that a photon stands for. */
  double weight(int photon) {
    return 1L << (photons[photon] & ((1 << WEIGHT_BITS) - 1));
  }
}
