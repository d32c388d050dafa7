// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The servers a log lives on: one Redis, the one that Sentinels name, or the primaries of a
 * Cluster. Thread-safe.
 */
interface RedisServers {
  /** Commands for all threads, each sent to the server of its first key. */
  RedisClusterAsyncCommands<String, byte[]> commands();

  /** The same for every server that holds keys, one by one: each must know our scripts. */
  CompletionStage<List<RedisClusterAsyncCommands<String, byte[]>>> primaries();

  /** A connection to the server of a key that, once broken, stays broken. */
  StatefulRedisConnection<String, byte[]> openReader(String key);

  /** A command failed on the server of a key: perhaps another one has it now. */
  void lookAgain();

  /** Ends all connections within the time. */
  CompletableFuture<Void> shutdown(Duration timeout);
}
