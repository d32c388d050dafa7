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
 * @param traceparent the span that sent it, as W3C Trace Context writes it in the header of that
 *     name: {@value #TRACEPARENT_LENGTH} characters, kept beside the payload so that an entry whose
 *     bytes cannot be read is traced, too; empty if the entry is not traced
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record EventEntry(
    byte[] payload,
    int eventCount,
    EventDigest digest,
    PayloadEncoding encoding,
    OutcomePart deadLetters,
    String traceparent) {
  /** Characters of a traceparent: version, trace, span and flags in hex, with dashes between. */
  public static final int TRACEPARENT_LENGTH = 55;

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
    if (!traceparent.isEmpty() && traceparent.length() != TRACEPARENT_LENGTH) {
      throw new IllegalArgumentException(
          "traceparent: %d characters (expected: %d, or none)"
              .formatted(traceparent.length(), TRACEPARENT_LENGTH));
    }
  }

  /** An entry that is not traced. */
  public EventEntry(
      byte[] payload,
      int eventCount,
      EventDigest digest,
      PayloadEncoding encoding,
      OutcomePart deadLetters) {
    this(payload, eventCount, digest, encoding, deadLetters, "");
  }

  /** An entry as it is, with nothing refused. */
  public EventEntry(byte[] payload, int eventCount, EventDigest digest) {
    this(payload, eventCount, digest, PayloadEncoding.PLAIN, OutcomePart.NONE);
  }

  /** The same entry, sent by this span. */
  public EventEntry withTraceparent(String sender) {
    return new EventEntry(payload, eventCount, digest, encoding, deadLetters, sender);
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
