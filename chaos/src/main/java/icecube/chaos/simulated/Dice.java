// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import java.util.SplittableRandom;

/** All chance of one run: the same seed gives the same numbers. Confined to one thread. */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Whether something of this probability happens. */
  boolean happens(double probability) {
    return random.nextDouble() < probability;
  }

  /** A number in {@code first..last}. */
  int between(int first, int last) {
    return random.nextInt(first, last + 1);
  }

  /** A number in [0, 1). */
  double chance() {
    return random.nextDouble();
  }

  /** A time in {@code first..last}, ns. */
  long nanosBetween(long first, long last) {
    return random.nextLong(first, last + 1);
  }
}
