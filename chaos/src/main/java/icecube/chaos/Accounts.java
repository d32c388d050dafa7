// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counters of all partitions at a moment, as they stand in Redis.
 *
 * @param emitted events
 * @param published events, predicted or dead-lettered
 * @param deadLettered events among them
 * @param backlog entries not yet published
 * @param backlogMax entries of the fullest partition
 * @param areFinished whether every partition was given all its source has
 */
record Accounts(
    long emitted,
    long published,
    long deadLettered,
    long backlog,
    long backlogMax,
    boolean areFinished) {
  /** Whether all of so many events came out. */
  boolean areComplete(long events) {
    return areFinished && backlog == 0 && emitted == events && published == events;
  }

  /** Reads them by plain commands. */
  static Accounts read(RawRedis redis, String stream, int partitions) throws IOException {
    long emitted = 0;
    long published = 0;
    long dead = 0;
    long backlog = 0;
    long fullest = 0;
    boolean areFinished = true;
    for (int partition = 0; partition < partitions; partition++) {
      long length = redis.number("XLEN", key(stream, partition, "events"));
      List<@Nullable Object> counts =
          redis.list(
              "HMGET",
              key(stream, partition, "meta"),
              "emitted",
              "predicted",
              "dead_lettered",
              "entry_count");
      emitted += number(counts.get(0));
      published += number(counts.get(1)) + number(counts.get(2));
      dead += number(counts.get(2));
      areFinished &= counts.get(3) != null;
      backlog += length;
      fullest = Math.max(fullest, length);
    }
    return new Accounts(emitted, published, dead, backlog, fullest, areFinished);
  }

  /** The key of a partition, as {@code stream/README.md} states it. */
  static String key(String stream, int partition, String what) {
    return "ic:{" + stream + "." + partition + "}:" + what;
  }

  private static long number(@Nullable Object value) {
    return value == null ? 0 : Long.parseLong(RawRedis.text(value));
  }
}
