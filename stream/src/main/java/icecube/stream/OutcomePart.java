// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * Events that share an outcome, predicted or dead-lettered, as they are published.
 *
 * @param payload {@code PredictionBatch} or {@code DeadLetterBatch}; empty if no event
 * @param eventCount events in it
 * @param digest digest of their ids
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record OutcomePart(byte[] payload, int eventCount, EventDigest digest) {
  /** No event. */
  public static final OutcomePart NONE = new OutcomePart(new byte[0], 0, EventDigest.ZERO);

  public OutcomePart {
    requireNonNull(payload, "payload");
    requireNonNull(digest, "digest");
    if (eventCount < 0) {
      throw new IllegalArgumentException("eventCount: " + eventCount + " (expected: at least 0)");
    }
  }

  /** Whether there is no event in it. */
  public boolean isEmpty() {
    return eventCount == 0;
  }
}
