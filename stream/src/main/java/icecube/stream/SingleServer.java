// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * One Redis: the one at the uri, or the primary that Sentinels name, asked anew at every connect.
 */
final class SingleServer implements RedisServers {
  private final RedisURI uri;
  private final RedisClient commandClient;
  private final RedisClient readerClient;
  private final StatefulRedisConnection<String, byte[]> connection;

  /**
   * Connects.
   *
   * @throws io.lettuce.core.RedisException if nobody is there, or does not let us in
   */
  SingleServer(ClientResources resources, RedisURI uri, ClientOptions options) {
    this.uri = uri;
    this.commandClient = RedisClient.create(resources, uri);
    this.readerClient = RedisClient.create(resources, uri);
    commandClient.setOptions(options);
    readerClient.setOptions(options.mutate().autoReconnect(false).build());
    try {
      this.connection = commandClient.connect(RedisLink.CODEC, uri);
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
    return CompletableFuture.completedStage(List.of(connection.async()));
  }

  @Override
  public StatefulRedisConnection<String, byte[]> openReader(String key) {
    return readerClient.connect(RedisLink.CODEC, uri);
  }

  @Override
  public void lookAgain() {
    // A primary that was put down closes its connections itself, and reconnecting asks again.
  }

  @Override
  public CompletableFuture<Void> shutdown(Duration timeout) {
    long millis = timeout.toMillis();
    return CompletableFuture.allOf(
        commandClient.shutdownAsync(0, millis, TimeUnit.MILLISECONDS),
        readerClient.shutdownAsync(0, millis, TimeUnit.MILLISECONDS));
  }
}
