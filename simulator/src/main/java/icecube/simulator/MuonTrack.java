// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * One muon's energy along its way: it falls smoothly by ionisation and small losses, and in steps
 * where it gives a large part away at once, which shines as a shower.
 *
 * <p>A loss takes the share v of the energy. Per metre and share there are, with b the mean loss of
 * each process per metre and energy (shares of b near 1 TeV: D. Groom et al., At. Data Nucl. Data
 * Tables 78 (2001) 183):
 *
 * <pre>
 *   bremsstrahlung   b₁/v · (4/3 − 4v/3 + v²)        b₁ = 0.35 b
 *   pair production  b₂/v · v₀(1 + v₀)/(v + v₀)²     b₂ = 0.50 b, v₀ = 0.005: half of it below v₀
 *   photonuclear     b₃/v · 2(1 − v)                 b₃ = 0.15 b
 * </pre>
 *
 * <p>Each times v, integrated over v from 0 to 1, gives its b. Losses of more than {@value
 * #SHARE_MIN} of the energy and {@value #ENERGY_MIN_GEV} GeV are drawn one by one, the rest is
 * smooth. Reused; confined to one thread.
 */
final class MuonTrack {
  /** Losses of a smaller share are smooth. */
  static final double SHARE_MIN = 0.01;

  /** Smaller losses are smooth, GeV. */
  static final double ENERGY_MIN_GEV = 10;

  /** Most steps of one muon; later losses are smooth. A muon has a few. */
  static final int STEP_COUNT_MAX = 512;

  /** A muon that slow is at its end, GeV. */
  private static final double STOPPED_GEV = 0.1;

  static final double BREMSSTRAHLUNG = 0.35 * Optics.MUON_LOSS_B;
  static final double PAIRS = 0.50 * Optics.MUON_LOSS_B;
  static final double PHOTONUCLEAR = 0.15 * Optics.MUON_LOSS_B;
  private static final double PAIR_SHARE = 0.005;

  private final double[] meters = new double[STEP_COUNT_MAX + 1];
  private final double[] energyGev = new double[STEP_COUNT_MAX + 1];
  private final double[] softLoss = new double[STEP_COUNT_MAX + 1];
  private final double[] showerGev = new double[STEP_COUNT_MAX + 1];
  private final boolean[] hadronic = new boolean[STEP_COUNT_MAX + 1];
  private int count;
  private double endMeters;

  /**
   * Draws a muon's way.
   *
   * @param startEnergyGev its energy at the start
   * @param startMeters where the way begins, along the track
   * @param lastMeters where it is no longer of interest
   */
  void draw(RandomStream random, double startEnergyGev, double startMeters, double lastMeters) {
    count = 0;
    double at = startMeters;
    double energy = startEnergyGev;
    begin(at, energy, 0, false);
    double share = shareMin(energy);
    double rate = rate(share);
    while (count <= STEP_COUNT_MAX && share < 1) {
      at += random.exponential() / rate;
      energy = energyAt(at);
      if (at >= lastMeters || energy <= STOPPED_GEV) {
        break;
      }
      double shareNow = shareMin(energy);
      if (shareNow >= 1) {
        break;
      }
      // Losses get rarer as the energy falls: those drawn for more energy are thinned out.
      if (random.uniform() * rate < rate(shareNow)) {
        step(random, at, energy, shareNow);
        energy = energyGev[count - 1];
      }
      share = shareMin(energy);
      rate = share < 1 ? rate(share) : rate;
    }
    endMeters = Math.min(lastMeters, meters[count - 1] + restRangeMeters());
  }

  private void step(RandomStream random, double at, double energy, double share) {
    double which = random.uniform() * rate(share);
    double v;
    boolean isHadronic = false;
    if (which < bremsstrahlungRate(share)) {
      v = bremsstrahlung(random, share);
    } else if (which < bremsstrahlungRate(share) + pairRate(share)) {
      v = pair(random, share);
    } else {
      v = photonuclear(random, share);
      isHadronic = true;
    }
    begin(at, energy * (1 - v), energy * v, isHadronic);
  }

  private void begin(double at, double energy, double shower, boolean isHadronic) {
    meters[count] = at;
    energyGev[count] = energy;
    showerGev[count] = shower;
    hadronic[count] = isHadronic;
    softLoss[count] = softLoss(Math.min(1, shareMin(energy)));
    count++;
  }

  private static double shareMin(double energy) {
    return Math.max(SHARE_MIN, ENERGY_MIN_GEV / energy);
  }

  private double restRangeMeters() {
    int last = count - 1;
    return StableMath.ln(1 + energyGev[last] * softLoss[last] / Optics.MUON_LOSS_A)
        / softLoss[last];
  }

  /** Number of steps, counting the start as one. */
  int count() {
    return count;
  }

  /** Where a step is, metres along the track. */
  double meters(int step) {
    return meters[step];
  }

  /** Energy that the muon gives away at a step, GeV; 0 at the start. */
  double showerGev(int step) {
    return showerGev[step];
  }

  /** Whether a step's shower is hadronic. */
  boolean isHadronic(int step) {
    return hadronic[step];
  }

  /** Where the muon stops or is no longer of interest, metres along the track. */
  double endMeters() {
    return endMeters;
  }

  /** Energy at a place behind the start, GeV; ≥ 0. */
  double energyAt(double atMeters) {
    return energyAt(atMeters, stepBefore(atMeters));
  }

  private double energyAt(double atMeters, int step) {
    double ratio = Optics.MUON_LOSS_A / softLoss[step];
    double faded = StableMath.exp(-softLoss[step] * Math.max(0, atMeters - meters[step]));
    return Math.max(0, (energyGev[step] + ratio) * faded - ratio);
  }

  /**
   * Light of a metre of muon and its smooth losses, in metres of bare track. It falls on the way
   * but for a few per cent at a step, where a slower muon's losses count as smooth sooner; {@link
   * LightBound} has room for that.
   */
  double lightAt(double atMeters) {
    int step = stepBefore(atMeters);
    return Optics.MUON_LIGHT + Optics.METERS_PER_GEV * softLoss[step] * energyAt(atMeters, step);
  }

  private int stepBefore(double atMeters) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (meters[middle] <= atMeters) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Losses above a share, per metre. */
  static double rate(double share) {
    return bremsstrahlungRate(share) + pairRate(share) + photonuclearRate(share);
  }

  private static double bremsstrahlungRate(double share) {
    return BREMSSTRAHLUNG
        * (-4.0 / 3 * StableMath.ln(share) - 4.0 / 3 * (1 - share) + (1 - share * share) / 2);
  }

  private static double pairRate(double share) {
    double a = PAIR_SHARE;
    return PAIRS
        * a
        * (1 + a)
        * (StableMath.ln((share + a) / (share * (1 + a))) / (a * a)
            + (1 / (1 + a) - 1 / (share + a)) / a);
  }

  private static double photonuclearRate(double share) {
    return PHOTONUCLEAR * 2 * (-StableMath.ln(share) - (1 - share));
  }

  /** Mean loss per metre and energy by losses below a share. */
  static double softLoss(double share) {
    double a = PAIR_SHARE;
    return BREMSSTRAHLUNG * (4.0 / 3 * share - 2.0 / 3 * share * share + share * share * share / 3)
        + PAIRS * (1 + a) * share / (share + a)
        + PHOTONUCLEAR * (2 * share - share * share);
  }

  private static double bremsstrahlung(RandomStream random, double share) {
    double lnShare = StableMath.ln(share);
    while (true) {
      double v = StableMath.exp(lnShare * random.uniform());
      if (random.uniform() * (4.0 / 3) <= 4.0 / 3 - 4.0 / 3 * v + v * v) {
        return v;
      }
    }
  }

  private static double pair(RandomStream random, double share) {
    double a = PAIR_SHARE;
    double low = 1 / (1 + a);
    double high = 1 / (share + a);
    while (true) {
      double v = 1 / (low + (high - low) * random.uniform()) - a;
      if (random.uniform() * v <= share) {
        return Math.max(share, Math.min(1, v));
      }
    }
  }

  private static double photonuclear(RandomStream random, double share) {
    double lnShare = StableMath.ln(share);
    while (true) {
      double v = StableMath.exp(lnShare * random.uniform());
      if (random.uniform() <= 1 - v) {
        return v;
      }
    }
  }
}
