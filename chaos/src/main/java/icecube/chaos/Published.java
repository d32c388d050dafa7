// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a mesh has published, read by plain commands of Redis: nothing of the code under test
 * but the messages' own parser. Confined to one thread.
 */
final class Published {
  private static final String PAGE_ENTRIES = "200";

  private final Map<Long, List<Reference.Direction>> predictions = new HashMap<>();
  private final Map<Long, List<Reason>> deadLetters = new HashMap<>();

  /** Reads predictions and dead letters of all partitions. */
  static Published read(RawRedis redis, String stream, int partitions) throws IOException {
    var published = new Published();
    for (int partition = 0; partition < partitions; partition++) {
      published.scan(redis, Accounts.key(stream, partition, "predictions"), true);
      published.scan(redis, Accounts.key(stream, partition, "dead"), false);
    }
    return published;
  }

  private void scan(RawRedis redis, String key, boolean arePredictions) throws IOException {
    String after = "-";
    while (true) {
      List<@Nullable Object> page = redis.list("XRANGE", key, after, "+", "COUNT", PAGE_ENTRIES);
      if (page.isEmpty()) {
        return;
      }
      for (Object entry : page) {
        List<?> parts = (List<?>) entry;
        after = "(" + RawRedis.text(parts.get(0));
        byte[] payload = field((List<?>) parts.get(1), "d");
        if (arePredictions) {
          addPredictions(payload);
        } else {
          addDeadLetters(payload);
        }
      }
    }
  }

  /** The value of a field of a stream's entry. */
  static byte[] field(List<?> fields, String name) throws IOException {
    for (int i = 0; i < fields.size(); i += 2) {
      if (RawRedis.text(fields.get(i)).equals(name)) {
        return (byte[]) fields.get(i + 1);
      }
    }
    throw new IOException("field: none (expected: " + name + ")");
  }

  /** Counts the predictions of one entry. */
  void addPredictions(byte[] payload) throws InvalidProtocolBufferException {
    for (Prediction prediction : PredictionBatch.parseFrom(payload).getPredictionsList()) {
      predictions
          .computeIfAbsent(prediction.getEventId(), id -> new ArrayList<>(1))
          .add(new Reference.Direction(prediction.getAzimuthRad(), prediction.getZenithRad()));
    }
  }

  /** Counts the dead letters of one entry. */
  void addDeadLetters(byte[] payload) throws InvalidProtocolBufferException {
    for (DeadLetter letter : DeadLetterBatch.parseFrom(payload).getDeadLettersList()) {
      deadLetters
          .computeIfAbsent(letter.getEventId(), id -> new ArrayList<>(1))
          .add(letter.getReason());
    }
  }

  /** Event id → every direction it was given. */
  Map<Long, List<Reference.Direction>> predictions() {
    return predictions;
  }

  /** Event id → every reason it was refused for. */
  Map<Long, List<Reason>> deadLetters() {
    return deadLetters;
  }

  /** How often an event came out. */
  int count(long eventId) {
    return predictions.getOrDefault(eventId, List.of()).size()
        + deadLetters.getOrDefault(eventId, List.of()).size();
  }
}
