// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A Redis Cluster. All keys of a partition share a slot, so that a script finds them on one server;
 * which server that is may change at any time.
 *
 * <p>Lettuce follows MOVED and ASK, which answer commands that were not run. Where it closes the
 * connection to a server that has left, it may send what was unanswered again, to the next owner of
 * the slot; every command of ours is harmless twice.
 */
final class ClusterServers implements RedisServers {
  /** How often the servers are asked who holds which slots, beside every sign of a change. */
  static final Duration TOPOLOGY_PERIOD = Duration.ofSeconds(10);

  /** Signs of a change within this time cause one look. */
  static final Duration TOPOLOGY_PAUSE = Duration.ofMillis(200);

  private final RedisClusterClient client;
  private final RedisClient readerClient;
  private final StatefulRedisClusterConnection<String, byte[]> connection;
  private final RedisURI seed;

  /**
   * Connects.
   *
   * @param seeds some servers of the cluster, the first of which has answered
   * @throws RedisException if nobody is there, or does not let us in
   */
  ClusterServers(ClientResources resources, List<RedisURI> seeds, ClientOptions options) {
    this.seed = seeds.get(0);
    this.client = RedisClusterClient.create(resources, seeds);
    this.readerClient = RedisClient.create(resources, seed);
    client.setOptions(
        ClusterClientOptions.builder(options)
            .topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                    .enablePeriodicRefresh(TOPOLOGY_PERIOD)
                    .adaptiveRefreshTriggersTimeout(TOPOLOGY_PAUSE)
                    .build())
            .build());
    readerClient.setOptions(options.mutate().autoReconnect(false).build());
    try {
      this.connection = client.connect(RedisLink.CODEC);
    } catch (RuntimeException e) {
      var unused = shutdown(Duration.ofSeconds(1));
      throw e;
    }
  }

  @Override
  public RedisClusterAsyncCommands<String, byte[]> commands() {
    return connection.async();
  }

  @Override
  public CompletionStage<List<RedisClusterAsyncCommands<String, byte[]>>> primaries() {
    List<RedisClusterAsyncCommands<String, byte[]>> all = new ArrayList<>();
    CompletionStage<?> asked = CompletableFuture.completedStage("");
    for (RedisClusterNode node : connection.getPartitions()) {
      if (node.getRole().isUpstream() && !node.getSlots().isEmpty()) {
        // By host and port, as keyed commands find them: so their connections are open, too.
        var uri = node.getUri();
        asked =
            asked
                .thenCompose(last -> connection.getConnectionAsync(uri.getHost(), uri.getPort()))
                .thenAccept(opened -> all.add(opened.async()));
      }
    }
    return asked.thenApply(last -> all);
  }

  @Override
  public StatefulRedisConnection<String, byte[]> openReader(String key) {
    var node = connection.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
    if (node == null) {
      lookAgain();
      throw new RedisException(
          "no server has the slot of " + key + " (expected: one for every slot of the cluster)");
    }
    // The node's own uri has what it announces; how to get in stands in the seed's.
    var uri = RedisURI.builder(seed).withHost(node.getUri().getHost()).build();
    uri.setPort(node.getUri().getPort());
    try {
      return readerClient.connect(RedisLink.CODEC, uri);
    } catch (RedisException e) {
      lookAgain();
      throw e;
    }
  }

  @Override
  public void lookAgain() {
    var unused = client.refreshPartitionsAsync();
  }

  @Override
  public CompletableFuture<Void> shutdown(Duration timeout) {
    long millis = timeout.toMillis();
    return CompletableFuture.allOf(
        client.shutdownAsync(0, millis, TimeUnit.MILLISECONDS),
        readerClient.shutdownAsync(0, millis, TimeUnit.MILLISECONDS));
  }
}
