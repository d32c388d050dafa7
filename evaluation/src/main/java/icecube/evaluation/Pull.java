// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

/**
 * How far an answer is off in units of its own precision.
 *
 * <p>For a von Mises–Fisher distribution of concentration κ, an error α has the probability u(α) =
 * (1 − e^(−κw))/(1 − e^(−2κ)) inside, w = 1 − cos α (Fisher 1953). The pull is the radius, in
 * standard deviations, that holds as much of a plane Gaussian: √(−2 ln(1 − u)). If κ is honest, u
 * is uniform and the pull follows Rayleigh's distribution, for every κ: median 1.177, 68 % below
 * 1.510, 90 % below 2.146. For large κ it is α√κ.
 */
final class Pull {
  /** Rayleigh's median, √(2 ln 2). */
  static final double MEDIAN = Math.sqrt(2 * Math.log(2));

  /** Rayleigh's 68 % quantile. */
  static final double QUANTILE_68 = Math.sqrt(-2 * Math.log(0.32));

  /** Rayleigh's 90 % quantile. */
  static final double QUANTILE_90 = Math.sqrt(2 * Math.log(10));

  /** Below this κ the sky is even to single precision. */
  private static final double KAPPA_FLAT = 1e-8;

  private Pull() {}

  /** The pull of an error; infinite for an error of π, which holds everything. */
  static double of(double kappa, double errorRad) {
    double halfSine = Math.sin(errorRad / 2);
    double versine = 2 * halfSine * halfSine;
    double logOutside =
        kappa < KAPPA_FLAT
            ? Math.log1p(-versine / 2)
            : -kappa * versine
                + Math.log(-Math.expm1(-kappa * (2 - versine)))
                - Math.log(-Math.expm1(-2 * kappa));
    return Math.sqrt(-2 * Math.min(0, logOutside));
  }
}
