// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * The random numbers of one event: xoshiro256++ (Blackman and Vigna, 2019) started by SplitMix64
 * from (seed, index), so that event 7 draws the same numbers whether or not anyone made event 6.
 *
 * <p>Confined to one thread. Draws use {@link StableMath} only and repeat on every machine.
 */
final class RandomStream {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** Above this mean the Poisson draw changes from inversion to transformed rejection. */
  private static final double POISSON_INVERSION_MAX = 12;

  private long s0;
  private long s1;
  private long s2;
  private long s3;
  private double spareGauss;
  private boolean hasSpareGauss;

  /** Restarts as the stream of event {@code index} under {@code seed}. */
  void restart(long seed, long index) {
    long state = mix(seed + GOLDEN) ^ mix(index * GOLDEN + 0xD1B54A32D192ED03L);
    s0 = mix(state += GOLDEN);
    s1 = mix(state += GOLDEN);
    s2 = mix(state += GOLDEN);
    s3 = mix(state + GOLDEN);
    hasSpareGauss = false;
  }

  /** The output function of SplitMix64. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 random bits. */
  long bits() {
    long result = Long.rotateLeft(s0 + s3, 23) + s0;
    long t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  /** Uniform in (0, 1): never 0, so that its logarithm is finite. */
  double uniform() {
    return ((bits() >>> 12) + 0.5) * 0x1p-52;
  }

  /** Uniform in (from, to). */
  double uniform(double from, double to) {
    return from + (to - from) * uniform();
  }

  /** Uniform in 0..bound−1. */
  int below(int bound) {
    return (int) Math.multiplyHigh(bits() >>> 1, (long) bound << 1);
  }

  /** True with probability {@code probability}. */
  boolean chance(double probability) {
    return uniform() < probability;
  }

  /** Exponential with mean 1. */
  double exponential() {
    return -StableMath.ln(uniform());
  }

  /** Normal with mean 0 and σ 1, by Marsaglia's polar method. */
  double gauss() {
    if (hasSpareGauss) {
      hasSpareGauss = false;
      return spareGauss;
    }
    double x;
    double y;
    double square;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double factor = Math.sqrt(-2 * StableMath.ln(square) / square);
    spareGauss = y * factor;
    hasSpareGauss = true;
    return x * factor;
  }

  /** Gumbel (largest value) with location 0 and scale 1. */
  double gumbel() {
    return -StableMath.ln(exponential());
  }

  /**
   * Gamma with the given shape > 0 and scale 1, after Marsaglia and Tsang (2000); a shape below 1
   * is drawn one higher and pulled down by u^(1/shape).
   */
  double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * StableMath.exp(-exponential() / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = gauss();
      double v = 1 + c * x;
      if (v <= 0) {
        continue;
      }
      v = v * v * v;
      double u = uniform();
      double square = x * x;
      if (u < 1 - 0.0331 * square * square
          || StableMath.ln(u) < 0.5 * square + d * (1 - v + StableMath.ln(v))) {
        return d * v;
      }
    }
  }

  /**
   * Poisson with the given mean ≥ 0: inversion for small means, transformed rejection PTRS (Hörmann
   * 1993) above.
   */
  long poisson(double mean) {
    return poisson(mean, uniform());
  }

  /** The same with its first uniform number given, for one who has looked at it already. */
  long poisson(double mean, double u) {
    // e^−mean ≥ 1 − mean settles nearly all of the many dark sensors without an exponential.
    if (u <= 1 - mean) {
      return 0;
    }
    if (mean <= POISSON_INVERSION_MAX) {
      return invertPoisson(mean, u);
    }
    return rejectPoisson(mean);
  }

  private static long invertPoisson(double mean, double u) {
    double term = StableMath.exp(-mean);
    double sum = term;
    long count = 0;
    while (u > sum && term > 1e-18) {
      count++;
      term *= mean / count;
      sum += term;
    }
    return count;
  }

  private long rejectPoisson(double mean) {
    double logMean = StableMath.ln(mean);
    double b = 0.931 + 2.53 * Math.sqrt(mean);
    double a = -0.059 + 0.02483 * b;
    double inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    double vr = 0.9277 - 3.6224 / (b - 2);
    while (true) {
      double u = uniform() - 0.5;
      double v = uniform();
      double us = 0.5 - Math.abs(u);
      double k = Math.floor((2 * a / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= vr) {
        return (long) k;
      }
      if (k < 0 || (us < 0.013 && v > us)) {
        continue;
      }
      double bound = k * logMean - mean - lnFactorial(k);
      if (StableMath.ln(v * inverseAlpha / (a / (us * us) + b)) <= bound) {
        return (long) k;
      }
    }
  }

  /** ln k! by Stirling's series on k + 1, shifted up where the series is short. */
  static double lnFactorial(double k) {
    double x = k + 1;
    double shift = 0;
    while (x < 8) {
      shift += StableMath.ln(x);
      x++;
    }
    double inverse = 1 / x;
    double square = inverse * inverse;
    double series =
        inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
    return (x - 0.5) * StableMath.ln(x) - x + 0.9189385332046728 + series - shift;
  }
}
