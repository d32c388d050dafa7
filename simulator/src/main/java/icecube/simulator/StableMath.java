// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * exp, ln and their kin, the same to the last bit on every JDK and processor.
 *
 * <p>{@code Math.exp} and {@code Math.log} may differ by an ulp between processors and JDKs, and
 * one ulp moves a photon across a rounding edge and the data set's bytes with it. {@code
 * StrictMath} is stable but calls native code for {@code log} on JDK 17. These use only +, −, × and
 * /, which IEEE 754 fixes, on tables that {@code StrictMath} fills once. Relative error below 1e-13
 * (exp) and absolute error below 1e-13 (ln).
 */
final class StableMath {
  private static final int EXP_BITS = 5;
  private static final int EXP_STEPS = 1 << EXP_BITS;
  private static final double STEPS_PER_UNIT = EXP_STEPS / StrictMath.log(2);

  /** ln 2 / 32 in two parts; the first has 21 zero bits at its end, so k times it is exact. */
  private static final double STEP_HIGH =
      Double.longBitsToDouble(
          Double.doubleToRawLongBits(StrictMath.log(2) / EXP_STEPS) & -(1L << 21));

  /** ln 2 − its float64, so that both parts together carry more bits than one float64. */
  private static final double LN2_TAIL = 2.3190468138462996e-17;

  private static final double STEP_LOW =
      StrictMath.log(2) / EXP_STEPS - STEP_HIGH + LN2_TAIL / EXP_STEPS;

  private static final double EXP_ARGUMENT_MAX = 700;

  private static final int LN_BITS = 7;
  private static final int LN_STEPS = 1 << LN_BITS;
  private static final double LN2 = StrictMath.log(2);

  private static final double[] POWER = new double[EXP_STEPS];
  private static final double[] INVERSE = new double[LN_STEPS];
  private static final double[] LOGARITHM = new double[LN_STEPS];

  static {
    for (int step = 0; step < EXP_STEPS; step++) {
      POWER[step] = StrictMath.pow(2, step / (double) EXP_STEPS);
    }
    for (int step = 0; step < LN_STEPS; step++) {
      double centre = 1 + (step + 0.5) / LN_STEPS;
      INVERSE[step] = 1 / centre;
      LOGARITHM[step] = -StrictMath.log(INVERSE[step]);
    }
  }

  private StableMath() {}

  /** e^x; 0 below x = −700 and infinite above 700, far beyond any use here. */
  static double exp(double x) {
    if (!(x > -EXP_ARGUMENT_MAX)) {
      return Double.isNaN(x) ? x : 0;
    }
    if (x > EXP_ARGUMENT_MAX) {
      return Double.POSITIVE_INFINITY;
    }
    long k = (long) Math.floor(x * STEPS_PER_UNIT + 0.5);
    double rest = x - k * STEP_HIGH - k * STEP_LOW;
    double square = rest * rest;
    double series =
        1 + rest + square * (0.5 + rest * (1.0 / 6)) + square * square * (1.0 / 24 + rest / 120);
    double scale = Double.longBitsToDouble(((k >> EXP_BITS) + 1023) << 52);
    return POWER[(int) (k & (EXP_STEPS - 1))] * series * scale;
  }

  /** The natural logarithm of a normal positive number; −infinity at 0. */
  static double ln(double x) {
    if (!(x >= Double.MIN_NORMAL)) {
      return x >= 0 ? Double.NEGATIVE_INFINITY : Double.NaN;
    }
    long bits = Double.doubleToRawLongBits(x);
    int exponent = (int) (bits >> 52) - 1023;
    int step = (int) (bits >> (52 - LN_BITS)) & (LN_STEPS - 1);
    double mantissa = Double.longBitsToDouble((bits & 0xFFFFFFFFFFFFFL) | 0x3FF0000000000000L);
    double rest = mantissa * INVERSE[step] - 1;
    double square = rest * rest;
    double series =
        rest - square * (0.5 - rest * (1.0 / 3)) - square * square * (0.25 - rest * 0.2);
    return exponent * LN2 + (LOGARITHM[step] + series);
  }

  /** x^power for x > 0. */
  static double pow(double x, double power) {
    return exp(power * ln(x));
  }

  /** tanh x for x ≥ 0. */
  static double tanh(double x) {
    if (x < 1e-3) {
      return x * (1 - x * x / 3);
    }
    double decay = exp(-2 * x);
    return (1 - decay) / (1 + decay);
  }

  /** sinh x for x ≥ 0. */
  static double sinh(double x) {
    if (x < 1e-3) {
      return x * (1 + x * x / 6);
    }
    double growth = exp(x);
    return (growth - 1 / growth) / 2;
  }
}
