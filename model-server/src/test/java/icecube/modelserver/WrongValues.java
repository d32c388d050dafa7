// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.SplittableRandom;

/** Values that are right where they are legal, and mostly are not. */
final class WrongValues {
  private static final long[] INTEGERS = {
    -1,
    0,
    1,
    2,
    5_159,
    5_160,
    1 << 20,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final float[] FLOATS = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -Float.MAX_VALUE,
    Float.MAX_VALUE,
    Float.MIN_VALUE,
    -0f,
    0,
    -1,
    1e30f
  };

  private static final String[] WORDS = {
    "",
    "x",
    "FP32",
    "INT64",
    "BYTES",
    "features",
    "lengths",
    "direction",
    "kappa",
    "priority",
    "timeout",
    "shared_memory_region",
    "classification",
    "line-fit",
    "no-such-model",
    "1",
    "99",
    "../../etc/passwd",
    "\0\n\u2028\ud7ff"
  };

  private WrongValues() {}

  static long integer(SplittableRandom random) {
    return random.nextInt(8) == 0 ? random.nextLong() : INTEGERS[random.nextInt(INTEGERS.length)];
  }

  static float number(SplittableRandom random) {
    return random.nextInt(8) == 0
        ? Float.intBitsToFloat(random.nextInt())
        : FLOATS[random.nextInt(FLOATS.length)];
  }

  static String word(SplittableRandom random) {
    return random.nextInt(50) == 0
        ? "x".repeat(random.nextInt(10_000))
        : WORDS[random.nextInt(WORDS.length)];
  }
}
