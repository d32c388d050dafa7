// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static java.util.Objects.requireNonNull;

import java.util.random.RandomGenerator;

/**
 * The von Mises–Fisher distribution: the bell curve of the sphere, with a mean direction µ and a
 * concentration κ.
 *
 * <p>Its density per steradian at a direction x is p(x) = C(κ)·exp(κ·µ·x) with C(κ) = κ / (4π sinh
 * κ). κ = 0 is the whole sky alike; for large κ it is a plane Gaussian with a standard deviation of
 * 1/√κ rad along each axis. Every formula here is written so that neither limit overflows nor
 * cancels: with x = µ · direction and w = 1 − x = 2 sin²(angle/2), log p = log C + κ − κw, where
 * log C + κ stays small.
 *
 * <p>Sources: R. A. Fisher, Proc. R. Soc. A 217 (1953) 295 (density, containment); G. Ulrich, Appl.
 * Statist. 33 (1984) 158 and W. Jakob, "Numerically stable sampling of the von Mises–Fisher
 * distribution on S²" (2012) (sampling). Immutable and thread-safe.
 *
 * @param mean µ
 * @param kappa κ, finite and at least 0
 */
public record VonMisesFisher(Direction mean, double kappa) {
  /** Below this κ, κ/sinh κ is its Taylor series to double precision. */
  private static final double KAPPA_SMALL = 1e-3;

  /** Below this κ the sky is even to double precision. */
  private static final double KAPPA_FLAT = 1e-17;

  private static final double LOG_2_PI = Math.log(2 * Math.PI);
  private static final double LOG_4_PI = Math.log(4 * Math.PI);

  public VonMisesFisher {
    requireNonNull(mean, "mean");
    requireKappa(kappa);
  }

  private static void requireKappa(double kappa) {
    if (!(kappa >= 0) || Double.isInfinite(kappa)) {
      throw new IllegalArgumentException("kappa: " + kappa + " (expected: finite and >= 0)");
    }
  }

  /** Logarithm of the density at {@code direction}, per steradian. */
  public double logDensity(Direction direction) {
    double halfSine = Math.sin(AngularError.betweenRad(mean, direction) / 2);
    return logNormalizerAtMean(kappa) - kappa * (2 * halfSine * halfSine);
  }

  /**
   * log C(κ) = log κ − log 4π − log sinh κ, the logarithm of what multiplies exp(κ·µ·x).
   *
   * @throws IllegalArgumentException if κ is negative or not finite
   */
  public static double logNormalizer(double kappa) {
    requireKappa(kappa);
    return logNormalizerAtMean(kappa) - kappa;
  }

  /**
   * log C(κ) + κ, the logarithm of the density at µ: log κ − log 2π − log(1 − e^(−2κ)), and for
   * small κ, log(κ / sinh κ) = −κ²/6 + κ⁴/180 − ….
   */
  private static double logNormalizerAtMean(double kappa) {
    if (kappa < KAPPA_SMALL) {
      double square = kappa * kappa;
      return kappa - LOG_4_PI - square / 6 + square * square / 180;
    }
    return Math.log(kappa) - LOG_2_PI - Math.log(-Math.expm1(-2 * kappa));
  }

  /**
   * The radius around µ that holds the truth with probability {@code p}, rad: cos r = 1 + ln(1 −
   * p(1 − e^(−2κ)))/κ.
   *
   * @param p in [0, 1]
   */
  public double containmentRad(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("p: " + p + " (expected: 0..1)");
    }
    return angleOfVersine(versineAtQuantile(kappa, p));
  }

  /** The probability that the truth lies within {@code radiusRad} of µ, in [0, 1]. */
  public double probabilityWithin(double radiusRad) {
    if (!(radiusRad >= 0 && radiusRad <= Math.PI)) {
      throw new IllegalArgumentException("radius: " + radiusRad + " rad (expected: 0..pi)");
    }
    double halfSine = Math.sin(radiusRad / 2);
    double versine = 2 * halfSine * halfSine;
    return kappa < KAPPA_FLAT ? versine / 2 : Math.expm1(-kappa * versine) / Math.expm1(-2 * kappa);
  }

  /** A direction drawn from this distribution; takes two numbers from {@code random}. */
  public Direction sample(RandomGenerator random) {
    double versine = versineAtQuantile(kappa, random.nextDouble());
    double turnRad = 2 * Math.PI * random.nextDouble();
    // sin² = 1 − cos² = versine·(2 − versine), without the cancellation of 1 − cos².
    double sine = Math.sqrt(versine * (2 - versine));
    return aside(Math.cos(turnRad) * sine, Math.sin(turnRad) * sine, 1 - versine);
  }

  /** 1 − cos r of the circle around µ that holds probability {@code p}, in [0, 2]. */
  private static double versineAtQuantile(double kappa, double p) {
    if (kappa < KAPPA_FLAT || p == 1) {
      return 2 * p;
    }
    double versine = -Math.log1p(p * Math.expm1(-2 * kappa)) / kappa;
    return Math.max(0, Math.min(2, versine));
  }

  private static double angleOfVersine(double versine) {
    return 2 * Math.asin(Math.sqrt(versine / 2));
  }

  /** The point (a, b, c) of a frame whose third axis is µ. */
  private Direction aside(double a, double b, double c) {
    // Frame without a singularity but at one half of the sky each: Duff et al., JCGT 6 (2017) 1.
    double sign = Math.copySign(1, mean.z());
    double d = -1 / (sign + mean.z());
    double e = mean.x() * mean.y() * d;
    return Direction.along(
        a * (1 + sign * mean.x() * mean.x() * d) + b * e + c * mean.x(),
        a * sign * e + b * (sign + mean.y() * mean.y() * d) + c * mean.y(),
        -a * sign * mean.x() - b * mean.y() + c * mean.z());
  }
}
