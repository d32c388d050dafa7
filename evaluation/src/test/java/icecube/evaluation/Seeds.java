// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import java.util.SplittableRandom;

/** The chance of a seeded test: the same every time, another with {@code -Dicecube.seed=N}. */
final class Seeds {
  private static final long SEED = Long.getLong("icecube.seed", 0x5eed_0006L);

  private Seeds() {}

  static SplittableRandom random() {
    return new SplittableRandom(SEED);
  }

  /** What to add to an assertion so that its failure can be repeated. */
  static String hint() {
    return "-Dicecube.seed=" + SEED;
  }
}
