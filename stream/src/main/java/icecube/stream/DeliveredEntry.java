// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * An entry handed to a consumer, pending until it is completed.
 *
 * @param sequence its number within the partition, from 1
 * @param payload an {@code icecube.v1.EventBatch}, if it is sound
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record DeliveredEntry(long sequence, byte[] payload) {
  public DeliveredEntry {
    requireNonNull(payload, "payload");
  }
}
