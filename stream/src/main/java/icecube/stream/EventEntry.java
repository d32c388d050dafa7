// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * An entry to append: a micro-batch of events as bytes, with what the account needs to know of it.
 *
 * @param payload an {@code icecube.v1.EventBatch}, so encoded; owned by the entry from here on
 * @param eventCount events in it; 0 only if all its events are among {@code deadLetters}
 * @param digest digest of their ids
 * @param encoding how the payload is written
 * @param deadLetters events of this entry refused at the door: they are not in the payload, and are
 *     published as dead letters in the step that appends the entry
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record EventEntry(
    byte[] payload,
    int eventCount,
    EventDigest digest,
    PayloadEncoding encoding,
    OutcomePart deadLetters) {
  public EventEntry {
    requireNonNull(payload, "payload");
    requireNonNull(digest, "digest");
    requireNonNull(encoding, "encoding");
    requireNonNull(deadLetters, "deadLetters");
    if (eventCount < 0 || eventCount + deadLetters.eventCount() < 1) {
      throw new IllegalArgumentException(
          "eventCount: %d with %d dead letters (expected: at least 1 in all)"
              .formatted(eventCount, deadLetters.eventCount()));
    }
  }

  /** An entry as it is, with nothing refused. */
  public EventEntry(byte[] payload, int eventCount, EventDigest digest) {
    this(payload, eventCount, digest, PayloadEncoding.PLAIN, OutcomePart.NONE);
  }

  /** All events the source has in this entry, refused or not. */
  public int emittedCount() {
    return eventCount + deadLetters.eventCount();
  }

  /** The digest of all of them. */
  EventDigest emittedDigest() {
    return digest.plus(deadLetters.digest());
  }
}
