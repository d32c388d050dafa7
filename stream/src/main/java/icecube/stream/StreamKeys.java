// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

/**
 * The names of our keys. All keys of one partition share the hash tag {@code {stream.partition}},
 * so that Redis Cluster keeps them in one slot and a script may touch them together.
 */
final class StreamKeys {
  /** The one consumer group of every events stream. */
  static final String GROUP = "consumers";

  /** The holder of entries that were handed back; no consumer may be called so. */
  static final String NOBODY = "nobody";

  private final String stream;

  StreamKeys(String stream) {
    this.stream = stream;
  }

  /** String: how many partitions the stream has. */
  String partitionCount() {
    return "ic:{" + stream + "}:partitions";
  }

  /** Hash: geometry hash → geometry. */
  String geometries() {
    return "ic:{" + stream + "}:geometries";
  }

  /** Sorted set: consumers by when their membership ends. */
  String consumers() {
    return "ic:{" + stream + "}:consumers";
  }

  /** Stream: entries not yet published; the id of an entry is {@code <sequence>-<part>}. */
  String events(int partition) {
    return key(partition, "events");
  }

  /** Stream: what was predicted. */
  String predictions(int partition) {
    return key(partition, "predictions");
  }

  /** Stream: what was refused. */
  String dead(int partition) {
    return key(partition, "dead");
  }

  /** Hash: source, epoch and account. */
  String meta(int partition) {
    return key(partition, "meta");
  }

  /** Hash: entry id → lone deliveries, only for entries suspected of killing consumers. */
  String solo(int partition) {
    return key(partition, "solo");
  }

  private String key(int partition, String what) {
    return "ic:{" + stream + "." + partition + "}:" + what;
  }
}
