// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.Consumer;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract on a real Redis, one for all tests of a class; each test has a stream of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedisEventLogContract extends EventLogContract {
  private static final AtomicInteger streams = new AtomicInteger();

  EmbeddedRedis redis;
  private RedisClient client;
  StatefulRedisConnection<String, byte[]> direct;
  String stream = "";

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
  EventLog open(int partitionCount) {
    stream = "test-" + streams.incrementAndGet();
    return RedisEventLog.connect(
        new RedisSettings(redis.uri(), stream, OptionalInt.of(partitionCount)));
  }

  /** Redis measures leases itself. */
  @Override
  void pass(Duration lease) {
    long deadline = System.nanoTime() + lease.toNanos() + Duration.ofMillis(2).toNanos();
    while (System.nanoTime() < deadline) {
      LockSupport.parkNanos(deadline - System.nanoTime());
    }
  }

  @Override
  List<String> deliver(String group, int countMax) {
    return deliver(new StreamKeys(stream).predictions(0), group, countMax);
  }

  @Override
  List<String> deliverLetters(String group, int countMax) {
    return deliver(new StreamKeys(stream).dead(0), group, countMax);
  }

  @SuppressWarnings("unchecked") // an array of one, of a generic type
  private List<String> deliver(String key, String group, int countMax) {
    try {
      direct
          .sync()
          .xgroupCreate(StreamOffset.from(key, "0"), group, XGroupCreateArgs.Builder.mkstream());
    } catch (RedisBusyException e) {
      assertThat(e).hasMessageContaining("BUSYGROUP");
    }
    return direct
        .sync()
        .xreadgroup(
            Consumer.from(group, "sink"),
            XReadArgs.Builder.count(countMax),
            StreamOffset.lastConsumed(key))
        .stream()
        .map(StreamMessage::getId)
        .toList();
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

  @Override
  void acknowledge(String group, String id) {
    direct.sync().xack(new StreamKeys(stream).predictions(0), group, id);
  }

  @Override
  Runnable rollBackLater(int partition) {
    var keys = new StreamKeys(stream);
    var kept = new HashMap<String, byte[]>();
    var names =
        new String[] {
          keys.events(partition),
          keys.predictions(partition),
          keys.dead(partition),
          keys.meta(partition),
          keys.solo(partition)
        };
    for (String name : names) {
      byte[] dump = direct.sync().dump(name);
      if (dump != null) {
        kept.put(name, dump);
      }
    }
    return () -> {
      direct.sync().del(names);
      kept.forEach((name, dump) -> direct.sync().restore(name, dump, RestoreArgs.Builder.ttl(0)));
    };
  }
}
