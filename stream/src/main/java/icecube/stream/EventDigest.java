// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/**
 * A digest of a multiset of event ids that does not depend on their order: two sums, modulo 2³², of
 * independent 32-bit hashes. Equal multisets have equal digests; unequal ones collide with a chance
 * of about 2⁻⁶⁴. Modulo 2³², because a plain sum would overflow Redis' 64-bit counters after about
 * 4 · 10⁹ events, a month at IceCube's trigger rate.
 *
 * @param first sum of the upper hash halves, 0..2³²−1
 * @param second sum of the lower hash halves, 0..2³²−1
 */
public record EventDigest(long first, long second) {
  /** The digest of no event. */
  public static final EventDigest ZERO = new EventDigest(0, 0);

  private static final long MASK = 0xFFFF_FFFFL;

  public EventDigest {
    if ((first & ~MASK) != 0 || (second & ~MASK) != 0) {
      throw new IllegalArgumentException(
          "digest: %d %d (expected: both 0..%d)".formatted(first, second, MASK));
    }
  }

  /** The digest of these ids. */
  public static EventDigest of(long... eventIds) {
    var digest = ZERO;
    for (long eventId : eventIds) {
      digest = digest.plus(eventId);
    }
    return digest;
  }

  /** This digest with one more event. */
  public EventDigest plus(long eventId) {
    long hash = mix(eventId);
    return new EventDigest(sum(first, hash >>> 32), sum(second, hash & MASK));
  }

  /** The digest of both multisets together. */
  public EventDigest plus(EventDigest other) {
    return new EventDigest(sum(first, other.first), sum(second, other.second));
  }

  /** The digest of what remains if the other multiset is taken away. */
  public EventDigest minus(EventDigest other) {
    return new EventDigest(sum(first, -other.first), sum(second, -other.second));
  }

  /**
   * The event whose digest this is, provided it is the digest of one event; any number otherwise.
   * The hash is a bijection, so that the one event missing from a sum can be named.
   */
  public long onlyEventId() {
    return unmix((first << 32) | second);
  }

  private static long sum(long left, long right) {
    return (left + right) & MASK;
  }

  /** The finaliser of SplitMix64: every input bit changes every output bit with chance one half. */
  private static long mix(long value) {
    long z = value + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }

  /** The inverse of {@link #mix}: the same steps backwards, with the inverse factors modulo 2⁶⁴. */
  private static long unmix(long hash) {
    long z = hash ^ (hash >>> 31) ^ (hash >>> 62);
    z *= 0x3196_42B2_D24D_8EC3L;
    z = z ^ (z >>> 27) ^ (z >>> 54);
    z *= 0x96DE_1B17_3F11_9089L;
    z = z ^ (z >>> 30) ^ (z >>> 60);
    return z - 0x9E37_79B9_7F4A_7C15L;
  }
}
