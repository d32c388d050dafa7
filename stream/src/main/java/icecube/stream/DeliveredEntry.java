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
 * @param sequence its number within the partition, from 1
 * @param payload an {@code icecube.v1.EventBatch}, if it is sound
 * @param eventCount events in it, as appended
 * @param digest digest of their ids, as appended
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record DeliveredEntry(long sequence, byte[] payload, int eventCount, EventDigest digest) {
  public DeliveredEntry {
    requireNonNull(payload, "payload");
    requireNonNull(digest, "digest");
  }
}
