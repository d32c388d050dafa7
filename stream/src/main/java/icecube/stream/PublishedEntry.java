// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * An entry of the predictions or dead-letter stream.
 *
 * @param id its id there, to read on from
 * @param sequence the entry of events it came from
 * @param consumer who published it
 * @param payload {@code PredictionBatch} or {@code DeadLetterBatch}
 * @param eventCount events the publisher counted in it
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
public record PublishedEntry(
    String id, long sequence, String consumer, byte[] payload, int eventCount) {
  public PublishedEntry {
    requireNonNull(id, "id");
    requireNonNull(consumer, "consumer");
    requireNonNull(payload, "payload");
  }
}
