// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.IceOptics;

/**
 * Constants of light in ice and of IceCube's sensors (DOMs), and the closed forms built on them
 * alone.
 *
 * <p>Sources: light yield and loss from PPC's documentation; times from rpdf; the scale of the
 * photo-electrons from muex; the DOM from arXiv:1612.05093.
 */
final class Optics {
  /** tan θ_c of a particle at light speed. */
  static final double TAN_CHERENKOV = IceOptics.SIN_CHERENKOV / IceOptics.COS_CHERENKOV;

  /**
   * Photo-electrons per metre of bare track and unit density: 2450.08/m · π (0.1651 m)² · 0.675.
   */
  static final double PE_PER_METER = 2450.08 * Math.PI * 0.1651 * 0.1651 * 0.675;

  /** Metres of bare track that shine like 1 GeV of electromagnetic cascade. */
  static final double METERS_PER_GEV = 5.25;

  /** Mean muon loss dE/dx = A + B·E: A in GeV/m, B in 1/m (density 0.9216). */
  static final double MUON_LOSS_A = 0.26 * 0.9216;

  static final double MUON_LOSS_B = 0.36e-3 * 0.9216;

  /** Light of a metre of muon and its knock-on electrons, in metres of bare track. */
  static final double MUON_LIGHT = 1.33;

  /** Length unit of a shower's Gamma profile, metres. */
  static final double SHOWER_UNIT_METERS = 0.619;

  /**
   * The slope of f(cos ψ) and its mean over the sphere: half of muex's 0.06667, which is ∫ d cos ψ.
   */
  private static final double DIRECTIONALITY_SLOPE = -5.40;

  private static final double DIRECTIONALITY_NORM = 0.03323;

  /** The most that {@link #angularSensitivity} gives: at cos η = 1, 0.68 / 0.34. */
  static final double ANGULAR_SENSITIVITY_MAX = 2;

  private Optics() {}

  /**
   * Energy of a muon after {@code meters} of mean loss, GeV; 0 behind its end. Backwards if < 0.
   */
  static double muonEnergyGev(double energyGev, double meters) {
    double ratio = MUON_LOSS_A / MUON_LOSS_B;
    return Math.max(0, (energyGev + ratio) * StableMath.exp(-MUON_LOSS_B * meters) - ratio);
  }

  /** Mean range of a muon, metres: ln(1 + E·B/A) / B. */
  static double muonRangeMeters(double energyGev) {
    return StableMath.ln(1 + energyGev * MUON_LOSS_B / MUON_LOSS_A) / MUON_LOSS_B;
  }

  /** Light of a metre of muon and all its losses in the mean, in metres of bare track. */
  static double muonLight(double energyGev) {
    return MUON_LIGHT + METERS_PER_GEV * MUON_LOSS_B * energyGev;
  }

  /** Mean light of a hadronic cascade over an electromagnetic one; E ≥ 1 GeV. */
  static double hadronicShare(double energyGev) {
    double energy = Math.max(energyGev, 1);
    return 1 - StableMath.pow(energy / 0.188, -0.163) * (1 - 0.310);
  }

  /** σ of {@link #hadronicShare} from shower to shower. */
  static double hadronicSpread(double energyGev) {
    double energy = Math.max(energyGev, 10);
    return Math.min(
        0.5, hadronicShare(energy) * 0.959 * StableMath.pow(StableMath.ln(energy), -1.356));
  }

  /** Shape a of a shower's Gamma profile: light at s ahead of its start ∝ s^(a−1) e^(−s/b). */
  static double showerShape(double energyGev) {
    return 2.0185 + 0.63176 * StableMath.ln(Math.max(energyGev, 1));
  }

  /** How far a shower's brightest point lies ahead of its start, metres: (a − 1)·b. */
  static double showerMaximumMeters(double energyGev) {
    return (showerShape(energyGev) - 1) * SHOWER_UNIT_METERS;
  }

  /**
   * Light of a cascade at angle ψ from its axis over its mean: e^(−5.40 |cos ψ − cos θ_c|^0.35) /
   * 0.03323, peaked on the Cherenkov cone.
   */
  static double cascadeDirectionality(double cosPsi) {
    double off = Math.max(Math.abs(cosPsi - IceOptics.COS_CHERENKOV), 1e-6);
    return StableMath.exp(DIRECTIONALITY_SLOPE * StableMath.pow(off, 0.35)) / DIRECTIONALITY_NORM;
  }

  /**
   * Sensitivity of a DOM to a photon flying up with {@code cosEta} over its mean; the
   * photomultiplier looks down. The polynomial 0.34 + 0.16c + 0.88c³ − 1.05c⁵ + 0.35c⁷ (PPC, ice
   * model ftp-v3m) over its mean 0.34.
   */
  static double angularSensitivity(double cosEta) {
    double square = cosEta * cosEta;
    double odd = cosEta * (0.16 + square * (0.88 + square * (-1.05 + square * 0.35)));
    return Math.max(0, (0.34 + odd) / 0.34);
  }

  /**
   * Time from the passage of the origin to the first Cherenkov light at a sensor, ns: [d_t + d (n_g
   * / sin θ_c − 1 / tan θ_c)] / c with d_t along the track and d perpendicular to it.
   */
  static double cherenkovTimeNs(double alongMeters, double distanceMeters) {
    return (alongMeters
            + distanceMeters
                * (IceOptics.GROUP_INDEX / IceOptics.SIN_CHERENKOV - 1 / TAN_CHERENKOV))
        / IceOptics.LIGHT_SPEED;
  }
}
