// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Where the log lives on Redis.
 *
 * @param uri {@code redis://[[user]:password@]host[:port][/database]}, or {@code rediss://} for
 *     TLS; of a Cluster some of its servers, {@code redis://host:port,host:port}; of Sentinels
 *     {@code redis-sentinel://host:port,host:port#primary}
 * @param stream names the log, so that one Redis can hold many: 1..64 of {@code A-Z a-z 0-9 _ -}
 * @param partitions how many partitions, 1..{@value #PARTITION_COUNT_MAX}; empty: as many as the
 *     stream has, or {@value #PARTITION_COUNT_DEFAULT} if it is new
 * @param security who we are there, and whom we trust
 */
public record RedisSettings(
    String uri, String stream, OptionalInt partitions, RedisSecurity security) {
  /** The name of the log if none is given. */
  public static final String STREAM_DEFAULT = "icecube";

  /** The partitions of a new stream if none are asked for. */
  public static final int PARTITION_COUNT_DEFAULT = 2;

  /** The most partitions a stream may have; each costs every consumer one connection. */
  public static final int PARTITION_COUNT_MAX = 256;

  /** How long a command may take, and how long one is repeated while Redis is away. */
  public static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(5);

  /** How long a connection may take to open. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** The most commands that may wait for their reply on one connection. */
  public static final int REQUEST_QUEUE_SIZE = 1024;

  private static final Pattern STREAM = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern SECRET = Pattern.compile("(?<=://).*@");

  public RedisSettings {
    requireNonNull(uri, "uri");
    requireNonNull(stream, "stream");
    requireNonNull(partitions, "partitions");
    requireNonNull(security, "security");
    if (!STREAM.matcher(stream).matches()) {
      throw new IllegalArgumentException(
          "stream: " + stream + " (expected: 1..64 letters, digits, '_' or '-')");
    }
    int count = partitions.orElse(PARTITION_COUNT_DEFAULT);
    if (count < 1 || count > PARTITION_COUNT_MAX) {
      throw new IllegalArgumentException(
          "partitions: " + count + " (expected: 1.." + PARTITION_COUNT_MAX + ")");
    }
  }

  /** The same with what the uri says of who we are. */
  public RedisSettings(String uri, String stream, OptionalInt partitions) {
    this(uri, stream, partitions, RedisSecurity.NONE);
  }

  /** The stream of this name with as many partitions as it has. */
  public static RedisSettings of(String uri, String stream) {
    return new RedisSettings(uri, stream, OptionalInt.empty());
  }

  /** The uri without its user and password, for people and logs. */
  public String maskedUri() {
    return SECRET.matcher(uri).replaceFirst("***@");
  }

  @Override
  public String toString() {
    return maskedUri() + " stream " + stream;
  }
}
