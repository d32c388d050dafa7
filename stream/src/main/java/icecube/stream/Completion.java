// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

/**
 * What became of one entry: its predictions and its dead letters, to be published together.
 *
 * @param consumer who publishes
 * @param sequence the entry
 * @param ownerOnly whether only the holder of the entry may publish (dead letters on suspicion)
 * @param predictions the events predicted
 * @param deadLetters the events refused
 */
public record Completion(
    String consumer, long sequence, boolean ownerOnly, Part predictions, Part deadLetters) {
  public Completion {
    requireNonNull(consumer, "consumer");
    requireNonNull(predictions, "predictions");
    requireNonNull(deadLetters, "deadLetters");
    if (predictions.eventCount() + deadLetters.eventCount() < 1) {
      throw new IllegalArgumentException("completion: no event (expected: at least 1)");
    }
  }

  /**
   * One side of a completion.
   *
   * @param payload {@code PredictionBatch} or {@code DeadLetterBatch}; empty if no event
   * @param eventCount events in it
   * @param digest digest of their ids
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of bytes on the fast path, never compared
  public record Part(byte[] payload, int eventCount, EventDigest digest) {
    /** No event on this side. */
    public static final Part NONE = new Part(new byte[0], 0, EventDigest.ZERO);

    public Part {
      requireNonNull(payload, "payload");
      requireNonNull(digest, "digest");
    }
  }
}
