// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is spoiled on purpose in a log that is whole, to show that the checks find it. */
enum Breakage {
  /** Nothing. */
  NONE(""),
  /** An entry of predictions is deleted. */
  LOSE("lost:"),
  /** An entry of predictions is there twice. */
  DOUBLE("doubled:"),
  /** An event is predicted that the source does not have. */
  FOREIGN("foreign:"),
  /** A prediction points elsewhere. */
  TURN("another direction:");

  private final String finding;

  Breakage(String finding) {
    this.finding = finding;
  }

  /** Whether a report says what it should: that nothing is wrong, or what was spoiled. */
  boolean isAsExpected(SeedReport report) {
    return this == NONE
        ? report.isClean()
        : report.violations().stream().anyMatch(each -> each.startsWith(finding));
  }

  /** Spoils the first predictions of a partition that has some. */
  void plant(RawRedis redis, String stream, int partitions) throws IOException {
    if (this == NONE) {
      return;
    }
    for (int partition = 0; partition < partitions; partition++) {
      String key = Accounts.key(stream, partition, "predictions");
      List<@Nullable Object> first = redis.list("XRANGE", key, "-", "+", "COUNT", "1");
      if (!first.isEmpty()) {
        List<?> entry = (List<?>) first.get(0);
        plant(redis, key, RawRedis.text(entry.get(0)), (List<?>) entry.get(1));
        return;
      }
    }
    throw new IOException("predictions: none (expected: some to spoil)");
  }

  private void plant(RawRedis redis, String key, String id, List<?> fields) throws IOException {
    byte[] payload = Published.field(fields, "d");
    if (this != DOUBLE) {
      redis.ask("XDEL", key, id);
    }
    switch (this) {
      case NONE, LOSE -> {}
      case DOUBLE -> add(redis, key, fields, payload);
      case FOREIGN -> add(redis, key, fields, changed(payload, 1_000_000_007, 0));
      case TURN -> add(redis, key, fields, changed(payload, 0, 0.5));
    }
  }

  private static byte[] changed(byte[] payload, long addToId, double addToAzimuth)
      throws IOException {
    var batch = PredictionBatch.parseFrom(payload).toBuilder();
    Prediction first = batch.getPredictions(0);
    batch.setPredictions(
        0,
        first.toBuilder()
            .setEventId(first.getEventId() + addToId)
            .setAzimuthRad(first.getAzimuthRad() + addToAzimuth));
    return batch.build().toByteArray();
  }

  private static void add(RawRedis redis, String key, List<?> fields, byte[] payload)
      throws IOException {
    var command = new byte[3 + fields.size()][];
    command[0] = "XADD".getBytes(UTF_8);
    command[1] = key.getBytes(UTF_8);
    command[2] = "*".getBytes(UTF_8);
    for (int i = 0; i < fields.size(); i += 2) {
      byte[] name = (byte[]) fields.get(i);
      command[3 + i] = name;
      command[4 + i] = RawRedis.text(name).equals("d") ? payload : (byte[]) fields.get(i + 1);
    }
    redis.ask(command);
  }
}
