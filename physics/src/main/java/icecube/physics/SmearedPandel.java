// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * Pandel's law as a sensor with a jitter sees it: the Gamma distribution of {@link PandelLaw}
 * convoluted with a Gaussian of standard deviation σ, so that the density is finite at t = 0 (where
 * the law itself diverges for ξ &lt; 1) and not zero before.
 *
 * <pre>
 *   p_σ(t) = ∫₀^∞ p(x) · exp(−(t − x)²/2σ²) / (σ √2π) dx
 * </pre>
 *
 * <p>Computed anew each time, to a relative 1e-6: exact and slow (microseconds), for {@link
 * PandelTable} to be made of. Far behind the jitter, t &gt; {@value #NEAR_SIGMAS} σ, by Gauss and
 * Hermite; nearer by the trapezoid rule in ln x, which is exponentially exact, with the part below
 * the first node in closed form. (The piecewise approximations of van Eijndhoven et al.,
 * astro-ph/0704.1706, save what a table saves, too.) Immutable and thread-safe.
 */
final class SmearedPandel {
  /** From so many σ on the law is smooth under the Gaussian. */
  private static final double NEAR_SIGMAS = 8;

  /** Where the trapezoid rule begins, in σ, and where the Gaussian has ended. */
  private static final double FIRST_SIGMAS = 1e-4;

  private static final double TAIL_SIGMAS = 13;
  private static final double STEP = 0.06;

  /** Nodes and weights of Gauss and Hermite's rule of 12 for e^(−x²), the half above 0. */
  private static final double[] NODES = {
    0.314240376254359, 0.947788391240164, 1.597682635152605,
    2.279507080501060, 3.020637025120890, 3.889724897869782
  };

  private static final double[] WEIGHTS = {
    0.570135236262480, 0.260492310264161, 0.0516079856158839,
    0.00390539058462906, 8.57368704358785e-5, 2.65855168435630e-7
  };

  private final double sigmaNs;

  /**
   * @param sigmaNs σ, ns
   */
  SmearedPandel(double sigmaNs) {
    if (!(sigmaNs > 0)) {
      throw new IllegalArgumentException("sigma: " + sigmaNs + " ns (expected: > 0)");
    }
    this.sigmaNs = sigmaNs;
  }

  double sigmaNs() {
    return sigmaNs;
  }

  /**
   * ln p_σ(t), t in ns, p in 1/ns.
   *
   * @param shape ξ, above 0
   */
  double logDensity(double timeNs, double shape) {
    return timeNs > NEAR_SIGMAS * sigmaNs ? far(timeNs, shape) : near(timeNs, shape);
  }

  private double far(double timeNs, double shape) {
    double sum = 0;
    for (int node = 0; node < NODES.length; node++) {
      double aside = Math.sqrt(2) * sigmaNs * NODES[node];
      sum += WEIGHTS[node] * (ratio(timeNs, -aside, shape) + ratio(timeNs, aside, shape));
    }
    return PandelLaw.logDensity(timeNs, shape) + Math.log(sum / Math.sqrt(Math.PI));
  }

  /** p(t + a) over p(t). */
  private static double ratio(double timeNs, double asideNs, double shape) {
    return Math.exp((shape - 1) * Math.log1p(asideNs / timeNs) - PandelLaw.RATE_PER_NS * asideNs);
  }

  private double near(double timeNs, double shape) {
    double low = Math.log(FIRST_SIGMAS * sigmaNs);
    double high = Math.log(Math.max(timeNs, 0) + TAIL_SIGMAS * sigmaNs);
    int steps = (int) Math.ceil((high - low) / STEP);
    double step = (high - low) / steps;
    double growth = Math.exp(step);
    double[] exponent = new double[steps + 1];
    double largest = Double.NEGATIVE_INFINITY;
    double x = FIRST_SIGMAS * sigmaNs;
    for (int node = 0; node <= steps; node++) {
      double logX = low + node * step;
      exponent[node] = shape * logX - PandelLaw.RATE_PER_NS * x + logBell(timeNs - x);
      largest = Math.max(largest, exponent[node]);
      x *= growth;
    }
    double sum = 0;
    for (double here : exponent) {
      sum += step * Math.exp(here - largest);
    }
    // Below the first node x₀ the integral of x^(ξ−1) e^(kx) is x₀^ξ e^(kx₀) (1 − kx₀/(ξ+1))/ξ; the
    // rest is Euler and Maclaurin's correction of the rule where it begins. It ends where all is 0.
    double tilt = (timeNs / sigmaNs / sigmaNs - PandelLaw.RATE_PER_NS) * FIRST_SIGMAS * sigmaNs;
    double below = (1 - tilt / (shape + 1)) / shape;
    sum += Math.exp(exponent[0] - largest) * (below - step / 2 + step * step * shape / 12);
    return largest
        + Math.log(sum)
        + shape * Math.log(PandelLaw.RATE_PER_NS)
        - PandelLaw.logGamma(shape);
  }

  private double logBell(double apartNs) {
    double sigmas = apartNs / sigmaNs;
    return -0.5 * sigmas * sigmas - Math.log(sigmaNs * Math.sqrt(2 * Math.PI));
  }
}
