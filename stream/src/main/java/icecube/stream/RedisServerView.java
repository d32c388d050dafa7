// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Redis as somebody sees it who looks whether it suits a stream: reads only, loads nothing, and
 * needs no stream to be there.
 *
 * @param version such as 7.0.15
 * @param memoryUsedBytes memory it uses
 * @param memoryMaxBytes memory it may use; 0 for any amount
 * @param evictionPolicy its {@code maxmemory-policy}
 * @param hasAppendOnlyFile whether it writes one
 * @param isWriting whether its last write to disk was well
 * @param hasFunctions whether our functions are there, of any version; empty where they cannot be
 *     asked for (Redis 6.2 has none, or this user may not)
 * @param ahead how much its clock is ahead of ours, as of the middle of the question
 */
public record RedisServerView(
    String version,
    long memoryUsedBytes,
    long memoryMaxBytes,
    String evictionPolicy,
    boolean hasAppendOnlyFile,
    boolean isWriting,
    Optional<Boolean> hasFunctions,
    Duration ahead) {
  private static final Logger logger = LoggerFactory.getLogger(RedisServerView.class);
  private static final Duration END_TIMEOUT = Duration.ofSeconds(1);

  public RedisServerView {
    requireNonNull(version, "version");
    requireNonNull(evictionPolicy, "evictionPolicy");
    requireNonNull(hasFunctions, "hasFunctions");
    requireNonNull(ahead, "ahead");
  }

  /**
   * Looks at every server that holds keys: one, or the primaries of a Cluster.
   *
   * @throws EventLogException if nobody answers, lets us in, or is a Redis that icecube can use
   */
  public static List<RedisServerView> look(RedisSettings settings) {
    ClientResources resources =
        ClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();
    try {
      RedisDiscovery discovery = RedisDiscovery.of(settings, resources);
      try {
        List<RedisServerView> views = new ArrayList<>();
        for (var server : await(discovery.servers().primaries())) {
          views.add(look(server, discovery.majorVersion()));
        }
        return views;
      } finally {
        // Before the threads go that its connections end on.
        awaitEnd(discovery.servers().shutdown(END_TIMEOUT.dividedBy(2)));
      }
    } catch (RedisException e) {
      throw RedisFailures.failed(settings, "look", e);
    } finally {
      var unused = resources.shutdown(0, END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static RedisServerView look(
      RedisClusterAsyncCommands<String, byte[]> server, int majorVersion) {
    Map<String, String> facts = new HashMap<>();
    await(server.info())
        .lines()
        .map(line -> line.split(":", 2))
        .filter(pair -> pair.length == 2)
        .forEach(pair -> facts.put(pair[0], pair[1]));
    return new RedisServerView(
        facts.getOrDefault("redis_version", "unknown"),
        number(facts, "used_memory"),
        number(facts, "maxmemory"),
        facts.getOrDefault("maxmemory_policy", "unknown"),
        facts.getOrDefault("aof_enabled", "0").equals("1"),
        facts.getOrDefault("aof_last_write_status", "ok").equals("ok"),
        majorVersion < 7 ? Optional.empty() : functions(server),
        ahead(server));
  }

  private static Optional<Boolean> functions(RedisClusterAsyncCommands<String, byte[]> server) {
    try {
      return Optional.of(!await(server.functionList(Script.LIBRARY)).isEmpty());
    } catch (RedisException e) {
      // Users of services may not list functions; whoever calls one is told whether it is there.
      return Optional.empty();
    }
  }

  private static Duration ahead(RedisClusterAsyncCommands<String, byte[]> server) {
    Instant before = Instant.now();
    List<byte[]> time = await(server.time());
    Duration took = Duration.between(before, Instant.now());
    Instant theirs =
        Instant.ofEpochSecond(
            Long.parseLong(new String(time.get(0), UTF_8)),
            1_000 * Long.parseLong(new String(time.get(1), UTF_8)));
    return Duration.between(before.plus(took.dividedBy(2)), theirs);
  }

  private static long number(Map<String, String> facts, String name) {
    return Long.parseLong(facts.getOrDefault(name, "0").strip());
  }

  private static void awaitEnd(CompletableFuture<Void> end) {
    try {
      end.get(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      logger.debug("closing connections", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T await(CompletionStage<T> reply) {
    try {
      return reply
          .toCompletableFuture()
          .get(RedisSettings.COMMAND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw RedisFailures.asRedisException(e.getCause());
    } catch (TimeoutException e) {
      throw RedisFailures.timeout(RedisSettings.COMMAND_TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisException("interrupted while waiting for Redis", e);
    }
  }
}
