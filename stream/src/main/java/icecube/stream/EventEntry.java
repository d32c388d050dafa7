// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * An entry to append: a micro-batch of events as bytes, with what the account needs to know of it.
 *
 * @param payload an {@code icecube.v1.EventBatch}; owned by the entry from here on
 * @param eventCount events in it, at least 1
 * @param digest digest of their ids
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record EventEntry(byte[] payload, int eventCount, EventDigest digest) {
  public EventEntry {
    requireNonNull(payload, "payload");
    requireNonNull(digest, "digest");
    if (eventCount < 1) {
      throw new IllegalArgumentException("eventCount: " + eventCount + " (expected: at least 1)");
    }
  }
}
