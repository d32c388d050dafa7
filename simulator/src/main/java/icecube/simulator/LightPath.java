// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.IceModel;
import icecube.physics.IceOptics;

/**
 * The ice between a place of emission and a sensor, and how many photons come through it.
 *
 * <p>Lengths are means of 1/length over the depths between both ends (over one metre around the
 * source if they lie equally deep). The densities are the diffusive interpolation of IceCube's
 * muex: 1/distance near the source, exponential decay with λ_p far away:
 *
 * <pre>
 *   λ_p = √(λ_e λ_a / 3) / 1.07      λ_c = e^(λ_e/λ_a) λ_e / 3      λ_µ = (λ_c / sin θ_c)² · 2 / (π λ_p)
 *   track    φ(d) = 1.26 e^(−d/λ_p) / (2π sin θ_c √(λ_µ d) tanh √(d/λ_µ))
 *   cascade  φ(d) = 1.26 e^(−d/λ_p) / (4π λ_c d tanh(d/λ_c))
 * </pre>
 *
 * <p>Reused from sensor to sensor to avoid garbage; confined to one thread.
 */
final class LightPath {
  /** Nearer than this a shower is no point and a sensor no disc; the density is held. */
  static final double DISTANCE_MIN_METERS = 1;

  private static final double DEPTH_SPAN_MIN_METERS = 1;
  private static final double DENSITY_SCALE = 1.26;

  private final IceModel ice;
  private double sourceDepthMeters;
  private double sourceScatterings;
  private double sourceAbsorptions;
  private double scatteringMeters;
  private double absorptionMeters;

  LightPath(IceModel ice) {
    this.ice = ice;
  }

  /** Puts the source at a depth. */
  void startAt(double depthMeters) {
    sourceDepthMeters = depthMeters;
    sourceScatterings = ice.scatteringsTo(depthMeters);
    sourceAbsorptions = ice.absorptionsTo(depthMeters);
  }

  /** Puts the sensor at a depth, with the sums of {@link IceModel} down to it. */
  void endAt(double depthMeters, double scatterings, double absorptions) {
    double span = depthMeters - sourceDepthMeters;
    if (Math.abs(span) >= DEPTH_SPAN_MIN_METERS) {
      scatteringMeters = span / (scatterings - sourceScatterings);
      absorptionMeters = span / (absorptions - sourceAbsorptions);
    } else {
      double top = sourceDepthMeters - DEPTH_SPAN_MIN_METERS / 2;
      double bottom = sourceDepthMeters + DEPTH_SPAN_MIN_METERS / 2;
      scatteringMeters =
          DEPTH_SPAN_MIN_METERS / (ice.scatteringsTo(bottom) - ice.scatteringsTo(top));
      absorptionMeters =
          DEPTH_SPAN_MIN_METERS / (ice.absorptionsTo(bottom) - ice.absorptionsTo(top));
    }
  }

  /** Takes given lengths in place of the table's. */
  void through(double scatteringMeters, double absorptionMeters) {
    this.scatteringMeters = scatteringMeters;
    this.absorptionMeters = absorptionMeters;
  }

  /** Effective scattering length λ_e of the path, metres. */
  double scatteringMeters() {
    return scatteringMeters;
  }

  /** Absorption length λ_a of the path, metres. */
  double absorptionMeters() {
    return absorptionMeters;
  }

  /** λ_p, over which scattered light dies out, metres. */
  double propagationMeters() {
    return Math.sqrt(scatteringMeters * absorptionMeters / 3) / 1.07;
  }

  private double diffusionMeters() {
    return StableMath.exp(scatteringMeters / absorptionMeters) * scatteringMeters / 3;
  }

  /** φ of a metre of track at a perpendicular distance: per m² and metre of track, × m. */
  double trackDensity(double distanceMeters) {
    double d = Math.max(distanceMeters, DISTANCE_MIN_METERS);
    double lambdaP = propagationMeters();
    double sine = IceOptics.SIN_CHERENKOV;
    double ratio = diffusionMeters() / sine;
    double lambdaMu = ratio * ratio * 2 / (Math.PI * lambdaP);
    return DENSITY_SCALE
        * StableMath.exp(-d / lambdaP)
        / (2 * Math.PI * sine * Math.sqrt(lambdaMu * d) * StableMath.tanh(Math.sqrt(d / lambdaMu)));
  }

  /** φ of a cascade at a distance, averaged over its directions: per m². */
  double cascadeDensity(double distanceMeters) {
    double d = Math.max(distanceMeters, DISTANCE_MIN_METERS);
    double lambdaC = diffusionMeters();
    return DENSITY_SCALE
        * StableMath.exp(-d / propagationMeters())
        / (4 * Math.PI * lambdaC * d * StableMath.tanh(d / lambdaC));
  }

  /**
   * How far a direct feature of the light has faded at a distance: 1 next to the source, 0 where
   * scattering has mixed all directions; 1 / (1 + sinh(d/λ_e)).
   */
  double directShare(double distanceMeters) {
    return 1 / (1 + StableMath.sinh(distanceMeters / scatteringMeters));
  }
}
