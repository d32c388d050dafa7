// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/**
 * A digest of a multiset of event ids that does not depend on their order: two sums of independent
 * 32-bit hashes. Equal multisets have equal digests; unequal ones collide with a chance of about
 * 2⁻⁶⁴.
 *
 * @param first sum of the upper hash halves
 * @param second sum of the lower hash halves
 */
public record EventDigest(long first, long second) {
  /** The digest of no event. */
  public static final EventDigest ZERO = new EventDigest(0, 0);

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
    return new EventDigest(first + (hash >>> 32), second + (hash & 0xFFFF_FFFFL));
  }

  /** The digest of both multisets together. */
  public EventDigest plus(EventDigest other) {
    return new EventDigest(first + other.first, second + other.second);
  }

  /** The finaliser of SplitMix64: every input bit changes every output bit with chance one half. */
  private static long mix(long value) {
    long z = value + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }
}
