// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * An entry of the predictions or dead-letter stream.
 *
 * @param id its id there, to read on from
 * @param source the entry of events it came from
 * @param consumer who published it; empty if its events were refused at the door
 * @param payload {@code PredictionBatch} or {@code DeadLetterBatch}
 * @param eventCount events the publisher counted in it
 * @param digest digest of their ids, as the publisher stated it
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record PublishedEntry(
    String id,
    EntryId source,
    String consumer,
    byte[] payload,
    int eventCount,
    EventDigest digest) {
  public PublishedEntry {
    requireNonNull(id, "id");
    requireNonNull(source, "source");
    requireNonNull(consumer, "consumer");
    requireNonNull(payload, "payload");
    requireNonNull(digest, "digest");
  }

  /** Whether its events were refused at the door, by the producer. */
  public boolean isFromDoor() {
    return consumer.isEmpty();
  }
}
