// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

/**
 * Which requests are drawn for a share of a hundred: the same ones always, those of following keys
 * spread evenly. Stateless and thread-safe.
 */
final class Draw {
  /** 2^64 divided by the golden ratio: multiples of it fill the circle evenly at any stride. */
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private Draw() {}

  /** Where {@code key} stands among a hundred, 0..99. */
  static int place(long key) {
    return (int) ((((key * GOLDEN) >>> 32) * 100) >>> 32);
  }
}
