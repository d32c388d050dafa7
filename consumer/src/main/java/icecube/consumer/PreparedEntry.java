// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static java.util.Objects.requireNonNull;

import icecube.stream.EventDigest;
import icecube.v1.DeadLetter;
import icecube.v1.FeatureBatch;
import icecube.v1.PredictRequest;
import java.util.List;

/**
 * An entry as the consumer understands it: what is to be predicted, and what already is not.
 *
 * @param events the sound events as the emitter wrote them, for dead letters that come later
 * @param features features of the sound events; no event in it if none is sound
 * @param deadLetters events refused, in their order
 * @param deadDigest digest of the refused events' ids
 * @param emittedUnixUs when the entry was emitted, µs since 1970-01-01 UTC; 0 if unknown
 */
record PreparedEntry(
    SoundEvents events,
    FeatureBatch features,
    List<DeadLetter> deadLetters,
    EventDigest deadDigest,
    long emittedUnixUs) {
  PreparedEntry {
    requireNonNull(events, "events");
    requireNonNull(features, "features");
    deadLetters = List.copyOf(deadLetters);
    requireNonNull(deadDigest, "deadDigest");
  }

  /** An entry of which nothing is to be predicted. */
  static PreparedEntry dead(List<DeadLetter> deadLetters, EventDigest digest) {
    return new PreparedEntry(
        SoundEvents.NONE, FeatureBatch.getDefaultInstance(), deadLetters, digest, 0);
  }

  /** An entry whose events are all left open, without being predicted. */
  static PreparedEntry unpredicted(SoundEvents events, long emittedUnixUs) {
    return new PreparedEntry(
        events, FeatureBatch.getDefaultInstance(), List.of(), EventDigest.ZERO, emittedUnixUs);
  }

  /** Whether there is anything to ask a model server. */
  boolean hasFeatures() {
    return features.getEventIdCount() > 0;
  }

  /**
   * What asks a model server for their directions.
   *
   * @param traceparent of the call; empty if it is not traced
   */
  PredictRequest.Builder request(ConsumerSettings settings, String traceparent) {
    return PredictRequest.newBuilder()
        .setModelName(settings.modelName())
        .setModelVersion(settings.modelVersion())
        .setDegradedAllowed(settings.degradedAllowed())
        .setTimeoutMs((int) Math.min(Integer.MAX_VALUE, settings.requestTimeout().toMillis()))
        .setFeatures(features)
        .setTraceparent(traceparent);
  }
}
