// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Redis of one run: a node, and where fail-overs are thrown a second that follows it; before
 * them, where it is needed, a way that can be turned and troubled. Confined to one thread.
 */
final class RedisSite implements AutoCloseable {
  private final RedisNode[] nodes;
  private final @Nullable FaultyProxy front;
  private final @Nullable FaultyProxy replication;
  private int primary;
  private boolean isReplicaLagging;
  private int kills;
  private long bytesLost;

  private RedisSite(
      RedisNode[] nodes, @Nullable FaultyProxy front, @Nullable FaultyProxy replication) {
    this.nodes = nodes;
    this.front = front;
    this.replication = replication;
  }

  /** Starts what these kinds of faults need. */
  static RedisSite start(
      Workplace place,
      Children children,
      Path folder,
      String fsync,
      Set<FaultKind> kinds,
      long seed)
      throws IOException {
    boolean hasReplica = kinds.contains(FaultKind.FAIL_OVER);
    boolean hasFront = hasReplica || kinds.contains(FaultKind.LINK_TROUBLE);
    var nodes = new RedisNode[hasReplica ? 2 : 1];
    for (int node = 0; node < nodes.length; node++) {
      nodes[node] = new RedisNode(place, children, folder.resolve("redis-" + node), fsync);
    }
    nodes[0].start(0);
    int port = nodes[0].port();
    FaultyProxy front = hasFront ? FaultyProxy.start(port, seed) : null;
    FaultyProxy replication = hasReplica ? FaultyProxy.start(port, seed + 1) : null;
    if (replication != null) {
      nodes[1].start(replication.port());
    }
    return new RedisSite(nodes, front, replication);
  }

  /** What clients are told. */
  String uri() {
    return "redis://127.0.0.1:" + (front == null ? primaryPort() : front.port());
  }

  /** The primary itself, for whoever looks on. */
  int primaryPort() {
    return nodes[primary].port();
  }

  boolean isUp() {
    return nodes[primary].isUp();
  }

  /** How often a primary was killed. */
  int kills() {
    return kills;
  }

  /** What was in the log of a primary and is not in that of its successor. */
  long bytesLost() {
    return bytesLost;
  }

  void kill() {
    nodes[primary].kill();
    kills++;
  }

  /** Cuts off the log's end; the primary must be down. */
  void loseTail(int bytesMax) throws IOException {
    bytesLost += nodes[primary].cutTail(bytesMax);
  }

  /** Starts the primary again on what it has written. */
  void restart() throws IOException {
    nodes[primary].start(0);
  }

  /** Whether the replica is there and follows, and is not about to take over already. */
  boolean isReplicaFollowing() {
    if (isReplicaLagging || nodes.length < 2 || !nodes[1 - primary].isUp() || !isUp()) {
      return false;
    }
    try (var replica = RawRedis.connect(nodes[1 - primary].port())) {
      var facts = replica.info("replication");
      return "up".equals(facts.get("master_link_status"))
          && "0".equals(facts.get("master_sync_in_progress"));
    } catch (IOException e) {
      return false;
    }
  }

  /** From now on the replica gets nothing more. */
  void letReplicaLag() {
    isReplicaLagging = true;
    requireNonNull(replication).stall(true);
  }

  /** Kills the primary and lets the replica take its place. */
  void failOver() throws IOException {
    var replicationLink = requireNonNull(replication);
    isReplicaLagging = false;
    long written = offset(primaryPort());
    kill();
    replicationLink.cutAll();
    primary = 1 - primary;
    try (var promoted = RawRedis.connect(primaryPort())) {
      promoted.ask("REPLICAOF", "NO", "ONE");
    }
    bytesLost += Math.max(0, written - offset(primaryPort()));
    replicationLink.turnTo(primaryPort());
    replicationLink.stall(false);
    requireNonNull(front).turnTo(primaryPort());
  }

  /** The former primary comes back and follows the new one. */
  void rejoin() throws IOException {
    nodes[1 - primary].start(requireNonNull(replication).port());
  }

  private static long offset(int port) throws IOException {
    try (var node = RawRedis.connect(port)) {
      return Long.parseLong(node.info("replication").getOrDefault("master_repl_offset", "0"));
    }
  }

  /** Cuts connections under replies and brings others late, or no longer. */
  void trouble(int cutsPerThousand, int latestMillis) {
    requireNonNull(front).trouble(cutsPerThousand, latestMillis);
  }

  /** Allows no more memory than is in use, or as much as there is. */
  void limitMemory(boolean isToLimit) throws IOException {
    try (var node = RawRedis.connect(primaryPort())) {
      String used = node.info("memory").getOrDefault("used_memory", "0");
      node.ask("CONFIG", "SET", "maxmemory", isToLimit ? used : "0");
    }
  }

  /** Kills all nodes. */
  void killAll() {
    for (RedisNode node : nodes) {
      node.kill();
    }
  }

  @Override
  public void close() throws IOException {
    if (front != null) {
      front.close();
    }
    if (replication != null) {
      replication.close();
    }
  }
}
