// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our connections to Redis: one for commands, shared by all threads, and one for each reader.
 *
 * <p>The command connection comes back by itself; a command whose reply is lost fails and is never
 * sent again by Lettuce (its default does, and doubled 37 of 2,000 plain XADD over 40 cuts). Only
 * {@link #ask} repeats, and only what is idempotent. Thread-safe.
 */
final class RedisLink implements AutoCloseable {
  /** Readers lack this much more than they asked to wait before they give a connection up. */
  private static final Duration REPLY_GRACE = Duration.ofSeconds(5);

  private static final Duration PAUSE_MIN = Duration.ofMillis(20);
  private static final Duration PAUSE_MAX = Duration.ofMillis(500);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** Names are text, values are bytes. */
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private static final Logger logger = LoggerFactory.getLogger(RedisLink.class);

  private final RedisSettings settings;
  private final ClientResources resources;
  private final RedisServers servers;
  private final Scripts scripts;
  private final CountDownLatch closed = new CountDownLatch(1);

  private RedisLink(RedisSettings settings) {
    this.settings = settings;
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .reconnectDelay(Delay.fullJitter(PAUSE_MIN, PAUSE_MAX, 10, TimeUnit.MILLISECONDS))
            .build();
    RedisServers found = null;
    try {
      var discovery = RedisDiscovery.of(settings, resources);
      found = discovery.servers();
      this.servers = found;
      this.scripts = Scripts.of(found, discovery.majorVersion());
      once("load scripts", scripts.load());
    } catch (RuntimeException e) {
      shutdown(found, resources);
      throw e;
    }
  }

  /**
   * Connects.
   *
   * @throws EventLogException if nobody listens there, or somebody who is no Redis ≥ 6.2, or who
   *     does not let us in
   */
  static RedisLink open(RedisSettings settings) {
    return new RedisLink(settings);
  }

  /** Commands for all threads; every one of them fails rather than wait for a connection. */
  RedisClusterAsyncCommands<String, byte[]> commands() {
    return servers.commands();
  }

  Scripts scripts() {
    return scripts;
  }

  /** A connection of its own to the server of a key that, once broken, stays broken. */
  StatefulRedisConnection<String, byte[]> openReaderConnection(String key) {
    try {
      return servers.openReader(key);
    } catch (RedisException e) {
      throw RedisFailures.unreachable(settings, e);
    }
  }

  /**
   * Asks until Redis has answered, for {@link RedisSettings#COMMAND_TIMEOUT} at most. Only for
   * commands that may run twice.
   */
  <T> T ask(String what, Supplier<? extends CompletionStage<T>> command) {
    long deadline = System.nanoTime() + RedisSettings.COMMAND_TIMEOUT.toNanos();
    long pauseNanos = PAUSE_MIN.toNanos();
    while (true) {
      try {
        return await(command.get(), RedisSettings.COMMAND_TIMEOUT);
      } catch (RedisException e) {
        boolean isLate = System.nanoTime() + pauseNanos > deadline;
        if (isLate || !RedisFailures.isPassing(e) || isClosedWithin(pauseNanos)) {
          throw RedisFailures.failed(settings, what, e);
        }
        pauseNanos = Math.min(2 * pauseNanos, PAUSE_MAX.toNanos());
      }
    }
  }

  private boolean isClosedWithin(long nanos) {
    try {
      return closed.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Waits for a reply. */
  <T> T once(String what, CompletionStage<T> reply) {
    try {
      return await(reply, RedisSettings.COMMAND_TIMEOUT);
    } catch (RedisException e) {
      throw RedisFailures.failed(settings, what, e);
    }
  }

  /** Waits for the reply to a reader that was asked to wait itself. */
  <T> T onceAfter(String what, Duration wait, CompletionStage<T> reply) {
    try {
      return await(reply, wait.plus(REPLY_GRACE));
    } catch (RedisException e) {
      servers.lookAgain();
      throw RedisFailures.failed(settings, what, e);
    }
  }

  /** Tells a failed stage of Lettuce in our words. */
  EventLogException failed(String what, Throwable failure) {
    return RedisFailures.failed(settings, what, failure);
  }

  private static <T> T await(CompletionStage<T> reply, Duration timeout) {
    try {
      return reply.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw RedisFailures.asRedisException(e.getCause());
    } catch (TimeoutException e) {
      throw RedisFailures.timeout(timeout, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisException("interrupted while waiting for Redis", e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    shutdown(servers, resources);
  }

  /** Everything is told to end, whatever becomes of the waits in between. */
  private static void shutdown(@Nullable RedisServers servers, ClientResources resources) {
    if (servers != null) {
      awaitEnd(servers.shutdown(CLOSE_TIMEOUT));
    }
    var ended = new CompletableFuture<Void>();
    resources
        .shutdown(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .addListener(future -> ended.complete(null));
    awaitEnd(ended);
  }

  private static void awaitEnd(CompletableFuture<?> end) {
    try {
      end.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      logger.debug("closing connections", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
