// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what stands at the addresses: a Redis of which version, alone or in a Cluster, which
 * the server itself tells, so that nobody has to say it.
 *
 * @param servers connected
 * @param majorVersion of Redis
 */
record RedisDiscovery(RedisServers servers, int majorVersion) {
  /** How often a connection is made anew that breaks off without a reason. */
  static final int ATTEMPT_COUNT_MAX = 3;

  private static final Duration GIVE_UP_TIMEOUT = Duration.ofSeconds(1);
  private static final Logger logger = LoggerFactory.getLogger(RedisDiscovery.class);

  /**
   * Connects to the first address that answers, or to the whole Cluster it is of.
   *
   * @throws EventLogException if nobody listens there, or somebody who is no Redis ≥ 6.2, or who
   *     does not let us in
   */
  static RedisDiscovery of(RedisSettings settings, ClientResources resources) {
    List<RedisURI> addresses = RedisAddresses.of(settings);
    ClientOptions options = options(settings.security());
    RedisException failure = null;
    for (RedisURI address : addresses) {
      try {
        return lookUntilTold(settings, resources, first(address, addresses), options);
      } catch (RedisException e) {
        failure = e;
      }
    }
    throw RedisFailures.unreachable(
        settings, failure == null ? new RedisException("no address") : failure);
  }

  private static List<RedisURI> first(RedisURI address, List<RedisURI> addresses) {
    List<RedisURI> sorted = new ArrayList<>(addresses);
    sorted.remove(address);
    sorted.add(0, address);
    return sorted;
  }

  private static RedisDiscovery lookUntilTold(
      RedisSettings settings,
      ClientResources resources,
      List<RedisURI> addresses,
      ClientOptions options) {
    for (int attempt = 1; ; attempt++) {
      try {
        return look(settings, resources, addresses, options);
      } catch (RedisException e) {
        if (attempt == ATTEMPT_COUNT_MAX || !RedisFailures.isUnexplained(e)) {
          throw e;
        }
        logger.debug("attempt {} of {}", attempt, ATTEMPT_COUNT_MAX, e);
      }
    }
  }

  private static RedisDiscovery look(
      RedisSettings settings,
      ClientResources resources,
      List<RedisURI> addresses,
      ClientOptions options) {
    var alone = new SingleServer(resources, addresses.get(0), options);
    boolean isKept = false;
    try {
      Map<String, String> facts = facts(alone);
      int majorVersion = majorVersion(settings, facts);
      warnOfEviction(settings, facts);
      if (facts.getOrDefault("cluster_enabled", "0").equals("1")) {
        return new RedisDiscovery(new ClusterServers(resources, addresses, options), majorVersion);
      }
      if (addresses.size() > 1) {
        throw new EventLogException(
            "redis at %s: no Cluster, but %d hosts are given (expected: one host, or redis-sentinel://)"
                .formatted(settings.maskedUri(), addresses.size()));
      }
      isKept = true;
      return new RedisDiscovery(alone, majorVersion);
    } finally {
      if (!isKept) {
        var unused = alone.shutdown(GIVE_UP_TIMEOUT);
      }
    }
  }

  private static ClientOptions options(RedisSecurity security) {
    var options =
        ClientOptions.builder()
            .autoReconnect(true)
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(RedisSettings.REQUEST_QUEUE_SIZE)
            .timeoutOptions(TimeoutOptions.enabled())
            .protocolVersion(ProtocolVersion.RESP2)
            .maintNotificationsConfig(MaintNotificationsConfig.disabled())
            .socketOptions(
                SocketOptions.builder()
                    .connectTimeout(RedisSettings.CONNECT_TIMEOUT)
                    .keepAlive(true)
                    .build());
    return RedisAddresses.secured(options, security).build();
  }

  private static Map<String, String> facts(SingleServer server) {
    try {
      String info =
          server
              .commands()
              .info()
              .get(RedisSettings.COMMAND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return info.lines()
          .map(line -> line.split(":", 2))
          .filter(pair -> pair.length == 2)
          .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, second) -> first));
    } catch (ExecutionException e) {
      throw RedisFailures.asRedisException(e.getCause());
    } catch (TimeoutException e) {
      throw RedisFailures.timeout(RedisSettings.COMMAND_TIMEOUT, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisException("interrupted while waiting for Redis", e);
    }
  }

  private static int majorVersion(RedisSettings settings, Map<String, String> facts) {
    String version = facts.getOrDefault("redis_version", "unknown");
    if (!version.matches("(6\\.([2-9]|\\d\\d)|[7-9]|\\d\\d)(\\..*)?")) {
      throw new EventLogException(
          "redis_version at %s: %s (expected: 6.2 or later)"
              .formatted(settings.maskedUri(), version));
    }
    return Integer.parseInt(version.substring(0, version.indexOf('.')));
  }

  private static void warnOfEviction(RedisSettings settings, Map<String, String> facts) {
    String policy = facts.getOrDefault("maxmemory_policy", "noeviction");
    if (!policy.equals("noeviction") && !facts.getOrDefault("maxmemory", "0").equals("0")) {
      logger.warn(
          "maxmemory-policy at {}: {} (expected: noeviction); Redis may throw events away",
          settings.maskedUri(),
          policy);
    }
  }
}
