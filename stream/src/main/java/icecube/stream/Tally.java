// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * Events counted, and which they were.
 *
 * @param events how many
 * @param digest digest of their ids
 */
public record Tally(long events, EventDigest digest) {
  /** No event. */
  public static final Tally ZERO = new Tally(0, EventDigest.ZERO);

  public Tally {
    requireNonNull(digest, "digest");
  }

  /** With these events, too. */
  public Tally plus(long moreEvents, EventDigest moreDigest) {
    return new Tally(events + moreEvents, digest.plus(moreDigest));
  }

  /** Without these events. */
  public Tally minus(long fewerEvents, EventDigest fewerDigest) {
    return new Tally(events - fewerEvents, digest.minus(fewerDigest));
  }
}
