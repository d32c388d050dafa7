// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Bytes of a sound message, after what goes wrong with bytes. */
final class SpoiledBytes {
  /** Where a message holds its first tags and lengths, which say how the rest is read. */
  private static final int HEAD = 40;

  private static final int GARBAGE_MAX = 2_048;
  private static final int GARBAGE_LARGE_MAX = 512 << 10;
  private static final int DEPTH_MAX = 5_000;
  private static final byte GROUP_BEGINS = 0x7b; // field 15, which no message of ours has
  private static final byte GROUP_ENDS = 0x7c;

  private SpoiledBytes() {}

  /** A few bits flipped, as often as not at the head; some are cut short, too. */
  static byte[] flipped(SplittableRandom random, byte[] bytes) {
    byte[] flipped = random.nextInt(8) == 0 ? cut(random, bytes) : bytes.clone();
    for (int flips = 1 + random.nextInt(4); flips > 0 && flipped.length > 0; flips--) {
      int range = random.nextBoolean() ? flipped.length : Math.min(HEAD, flipped.length);
      flipped[random.nextInt(range)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  /** Only the beginning. */
  static byte[] cut(SplittableRandom random, byte[] bytes) {
    return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  /** A part of the message twice. */
  static byte[] repeated(SplittableRandom random, byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int to = from + random.nextInt(bytes.length + 1 - from);
    byte[] repeated = Arrays.copyOf(bytes, bytes.length + to - from);
    System.arraycopy(bytes, from, repeated, to, bytes.length - from);
    return repeated;
  }

  /** Nothing of a message; one in a thousand is large. */
  static byte[] garbage(SplittableRandom random) {
    int max = random.nextInt(1_000) == 0 ? GARBAGE_LARGE_MAX : GARBAGE_MAX;
    var garbage = new byte[random.nextInt(max)];
    random.nextBytes(garbage);
    return garbage;
  }

  /** The message, and groups in groups after it; some end, some are less deep than is allowed. */
  static byte[] nested(SplittableRandom random, byte[] bytes) {
    int depth = 1 + random.nextInt(random.nextBoolean() ? 200 : DEPTH_MAX);
    boolean ends = random.nextBoolean();
    byte[] nested = Arrays.copyOf(bytes, bytes.length + depth * (ends ? 2 : 1));
    Arrays.fill(nested, bytes.length, bytes.length + depth, GROUP_BEGINS);
    Arrays.fill(nested, bytes.length + depth, nested.length, GROUP_ENDS);
    return nested;
  }
}
