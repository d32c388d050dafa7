// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Arrays;

/**
 * Which rows of one event are kept, by the rule that {@link FeatureBuilder} describes.
 *
 * <p>Confined to one thread.
 */
final class RowSelection {
  /** The odd number nearest to 2⁶⁴ / golden ratio: SplitMix64's step. */
  private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

  /** Above the 62 bits of chance: auxiliary rows come after all others. */
  private static final long AUXILIARY = 1L << 62;

  private final long seed;
  private final long[] keys;
  private int count;

  /** For an event of {@code rowCount} rows, none of which is there yet. */
  RowSelection(long eventId, int rowCount) {
    this.seed = mixed(eventId + GOLDEN_GAMMA);
    this.keys = new long[rowCount];
  }

  /** Adds the event's next row; of its columns these decide. */
  void add(float x, float y, float z, float time, boolean auxiliary) {
    long place = mixed(seed ^ (bits(y) << 32 | bits(x)));
    long chance = mixed(place ^ (bits(time) << 32 | bits(z)));
    keys[count++] = (chance >>> 2) | (auxiliary ? AUXILIARY : 0);
  }

  /** The positions of the {@code rowCountMax} rows of the smallest keys, in their order. */
  int[] kept(int rowCountMax) {
    int[] positions = new int[Math.min(rowCountMax, count)];
    long[] sorted = Arrays.copyOf(keys, count);
    Arrays.sort(sorted);
    long last = sorted[positions.length - 1];
    int below = positions.length - 1;
    while (below > 0 && sorted[below - 1] == last) {
      below--;
    }
    int ties = positions.length - below;
    int at = 0;
    for (int row = 0; row < count; row++) {
      if (keys[row] < last || (keys[row] == last && ties-- > 0)) {
        positions[at++] = row;
      }
    }
    return positions;
  }

  private static long bits(float value) {
    return Integer.toUnsignedLong(Float.floatToRawIntBits(value));
  }

  /** Stafford's mixer 13, as in Steele, Lea and Flood, OOPSLA 2014, figure 17. */
  private static long mixed(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ (mixed >>> 31);
  }
}
