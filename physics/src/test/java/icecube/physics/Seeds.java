// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The chance of a seeded test: the same every time, another with {@code -Dicecube.seed=N}. The seed
 * is part of every assertion's description, so that a failure says how to repeat it.
 */
final class Seeds {
  private static final long DEFAULT_SEED = 0x5eed;

  private Seeds() {}

  static RandomGenerator random() {
    return new SplittableRandom(seed());
  }

  /** What to add to an assertion so that its failure can be repeated. */
  static String hint() {
    return "-Dicecube.seed=" + seed();
  }

  static Direction direction(RandomGenerator random) {
    return Direction.along(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }

  private static long seed() {
    return Long.getLong("icecube.seed", DEFAULT_SEED);
  }
}
