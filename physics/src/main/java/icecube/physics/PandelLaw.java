// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * When the light of a muon reaches a sensor in ice: the earliest time by geometry, and Pandel's law
 * of how much later scattering makes it.
 *
 * <p>A particle at light speed c shines at the Cherenkov angle θ_c, cos θ_c = 1/n. What is not
 * scattered reaches a sensor, d_t along the track and d beside it, after
 *
 * <pre>
 *   t_geo = t₀ + [d_t + d·(n_g / sin θ_c − 1 / tan θ_c)] / c
 * </pre>
 *
 * <p>The residual t − t_geo ≥ 0 of one photon follows a Gamma distribution (D. Pandel, diploma
 * thesis, Berlin 1996; AMANDA, astro-ph/0407044, whose constants these are), with
 *
 * <pre>
 *   p(t) = ρ^ξ t^(ξ−1) e^(−ρt) / Γ(ξ)     ξ = d_eff / λ     ρ = 1/τ + c_ice / λ_a
 *   d_eff = 0.8395·d + 3.094 m − 3.946 m · cos η + 4.636 m · cos² η
 * </pre>
 *
 * <p>where η is the angle between the photon and the axis along which the downward-looking
 * photomultiplier sees best: cos η = 1 for light that comes straight from below. λ follows the ice
 * around the sensor ({@link IceLayers}). Stateless and thread-safe.
 */
final class PandelLaw {
  /** Metres of light path in vacuum by which a metre beside the track delays light. */
  static final double DELAY_PER_METER =
      IceOptics.GROUP_INDEX / IceOptics.SIN_CHERENKOV
          - IceOptics.COS_CHERENKOV / IceOptics.SIN_CHERENKOV;

  /** τ, ns. */
  static final double TAU_NS = 556.7;

  /** λ over the effective scattering length: 33.29 m in ice of 25 m. */
  static final double LAMBDA_RATIO = 33.29 / 25;

  /** λ_a, metres: of all the ice, as it matters to late light only. */
  static final double ABSORPTION_METERS = 98;

  /** ρ, 1/ns. */
  static final double RATE_PER_NS =
      1 / TAU_NS + IceOptics.LIGHT_SPEED / IceOptics.GROUP_INDEX / ABSORPTION_METERS;

  /** d_eff grows so much per metre of distance. */
  static final double DISTANCE_FACTOR = 0.8395;

  private static final double OFFSET_METERS = 3.094;
  private static final double COSINE_METERS = -3.946;
  private static final double SQUARE_METERS = 4.636;

  private PandelLaw() {}

  /** d_eff of a sensor {@code distanceMeters} beside the track, metres; always above 0. */
  static double effectiveMeters(double distanceMeters, double cosEta) {
    return DISTANCE_FACTOR * distanceMeters
        + OFFSET_METERS
        + cosEta * (COSINE_METERS + SQUARE_METERS * cosEta);
  }

  /** The derivative of {@link #effectiveMeters} by cos η, metres. */
  static double effectivePerCosine(double cosEta) {
    return COSINE_METERS + 2 * SQUARE_METERS * cosEta;
  }

  /**
   * ln p(t) in 1/ns; −∞ for t &lt; 0.
   *
   * @param shape ξ, above 0
   */
  static double logDensity(double timeNs, double shape) {
    if (timeNs < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return shape * Math.log(RATE_PER_NS)
        + (shape - 1) * Math.log(timeNs)
        - RATE_PER_NS * timeNs
        - logGamma(shape);
  }

  /** ln Γ(x), x > 0, to 1e-13: Stirling's series for x + 8 and the recurrence down to x. */
  static double logGamma(double x) {
    double product = 1;
    double high = x;
    while (high < 8) {
      product *= high;
      high++;
    }
    double inverse = 1 / high;
    double square = inverse * inverse;
    double series =
        inverse
            * (1.0 / 12
                - square
                    * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
    return (high - 0.5) * Math.log(high)
        - high
        + 0.5 * Math.log(2 * Math.PI)
        + series
        - Math.log(product);
  }
}
