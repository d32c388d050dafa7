// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at the counters of a run again and again. Confined to one thread. */
final class Onlooker implements AutoCloseable {
  private final RedisSite redis;
  private @Nullable RawRedis connection;
  private Optional<Accounts> accounts = Optional.empty();
  private long backlogMax;

  Onlooker(RedisSite redis) {
    this.redis = redis;
  }

  /** Looks, if Redis is up. */
  void look() {
    try {
      if (connection == null) {
        connection = RawRedis.connect(redis.primaryPort());
      }
      var seen = Accounts.read(connection, SeedRun.STREAM, SeedRun.PARTITIONS);
      accounts = Optional.of(seen);
      backlogMax = Math.max(backlogMax, seen.backlogMax());
    } catch (IOException e) {
      // Redis is down, which is no news here.
      close();
    }
  }

  /** What the last look saw; empty if Redis was down. */
  Optional<Accounts> accounts() {
    return accounts;
  }

  /** The most entries that any look saw in a partition. */
  long backlogMax() {
    return backlogMax;
  }

  /** Forgets what it saw; the next look connects anew. */
  @Override
  public void close() {
    accounts = Optional.empty();
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
