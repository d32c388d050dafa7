// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How far a sink has read: of each partition the id of the last entry seen of the predictions and
 * of the dead letters; empty for none yet. As text the ids stand in order, commas between.
 *
 * @param predictions by partition
 * @param deadLetters by partition
 */
record Places(List<String> predictions, List<String> deadLetters) {
  /** So many ids fit into one tag of MLflow (5,000 characters). */
  static final int PARTITION_COUNT_MAX = 128;

  Places {
    predictions = List.copyOf(predictions);
    deadLetters = List.copyOf(deadLetters);
    if (predictions.isEmpty() || predictions.size() > PARTITION_COUNT_MAX) {
      throw new IllegalArgumentException(
          "partitions: " + predictions.size() + " (expected: 1.." + PARTITION_COUNT_MAX + ")");
    }
    if (predictions.size() != deadLetters.size()) {
      throw new IllegalArgumentException(
          "partitions of dead letters: %d (expected: %d, as of predictions)"
              .formatted(deadLetters.size(), predictions.size()));
    }
  }

  /** Before the first entry of every partition. */
  static Places beginning(int partitionCount) {
    List<String> none = Collections.nCopies(partitionCount, "");
    return new Places(none, none);
  }

  /** Reads both texts. */
  static Places parse(String predictions, String deadLetters) {
    return new Places(List.of(predictions.split(",", -1)), List.of(deadLetters.split(",", -1)));
  }

  String predictionsText() {
    return String.join(",", predictions);
  }

  String deadLettersText() {
    return String.join(",", deadLetters);
  }

  Places withPredictions(int partition, String id) {
    return new Places(with(predictions, partition, id), deadLetters);
  }

  Places withDeadLetters(int partition, String id) {
    return new Places(predictions, with(deadLetters, partition, id));
  }

  private static List<String> with(List<String> ids, int partition, String id) {
    List<String> changed = new ArrayList<>(ids);
    changed.set(partition, id);
    return changed;
  }
}
