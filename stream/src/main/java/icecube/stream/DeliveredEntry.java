// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * An entry handed to a consumer, pending until it is completed.
 *
 * <p>Count and digest are what the producer stated with {@link EventEntry}, kept beside the
 * payload: an entry whose bytes cannot be read is dead-lettered as so many events without an id
 * ({@code ENTRY_UNREADABLE}, {@code event_id} 0), and the account still balances.
 *
 * @param id which entry of the partition
 * @param payload an {@code icecube.v1.EventBatch}, if it is sound; so encoded
 * @param eventCount events in it, as appended; 0 if all were refused at the door
 * @param digest digest of their ids, as appended
 * @param encoding how the payload is written
 * @param traceparent as in {@link EventEntry}; empty if the entry is not traced, and of another
 *     writer perhaps no traceparent at all
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record DeliveredEntry(
    EntryId id,
    byte[] payload,
    int eventCount,
    EventDigest digest,
    PayloadEncoding encoding,
    String traceparent) {
  public DeliveredEntry {
    requireNonNull(id, "id");
    requireNonNull(payload, "payload");
    requireNonNull(digest, "digest");
    requireNonNull(encoding, "encoding");
    requireNonNull(traceparent, "traceparent");
  }

  /** An entry that is not traced. */
  public DeliveredEntry(
      EntryId id, byte[] payload, int eventCount, EventDigest digest, PayloadEncoding encoding) {
    this(id, payload, eventCount, digest, encoding, "");
  }

  /** An entry whose payload is written as it is. */
  public DeliveredEntry(EntryId id, byte[] payload, int eventCount, EventDigest digest) {
    this(id, payload, eventCount, digest, PayloadEncoding.PLAIN);
  }

  /**
   * The payload as it was before it was packed.
   *
   * @throws icecube.proto.ReasonException {@code ENTRY_UNREADABLE} if it cannot be unpacked
   */
  public byte[] unpacked() {
    return encoding.unpack(payload);
  }
}
