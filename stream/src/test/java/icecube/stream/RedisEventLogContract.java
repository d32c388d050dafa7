// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract on a real Redis, one for all tests of a class; each test has a stream of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedisEventLogContract extends RealRedisContract {
  EmbeddedRedis redis;
  private RedisClient client;
  StatefulRedisConnection<String, byte[]> direct;

  /** The Redis to test against, and why there may be none. */
  abstract Optional<RedisBinary> binary(Path folder);

  abstract String whyNone();

  @BeforeAll
  final void start(@TempDir Path folder) {
    var binary = binary(folder);
    assumeTrue(binary.isPresent(), () -> "SKIPPED: " + whyNone());
    redis = EmbeddedRedis.start(folder, binary.orElseThrow());
    client = RedisClient.create(redis.uri());
    direct = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
  }

  @AfterAll
  final void stop() {
    if (redis != null) {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
      redis.close();
    }
  }

  @Override
  final String uri() {
    return redis.uri();
  }

  @Override
  final RedisClusterCommands<String, byte[]> commands() {
    return direct.sync();
  }

  /**
   * What Redis ≥ 7.0 tells is right or nothing: 7.0 loses count when the last entry delivered is
   * completed, and so deleted, before an earlier one.
   */
  @Override
  void checkLagTold(long lag) {
    if (redis.binary().majorVersion() >= 7) {
      var group = (List<?>) direct.sync().xinfoGroups(new StreamKeys(stream).events(0)).get(0);
      int at = 0;
      while (!"lag".equals(text(group.get(at)))) {
        at += 2;
      }
      assertThat(group.get(at + 1)).as("lag that Redis tells").isIn(lag, null);
    }
  }

  private static String text(Object name) {
    return name instanceof byte[] bytes ? new String(bytes, UTF_8) : name.toString();
  }
}
