// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Consumer;
import io.lettuce.core.Range;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RestoreArgs;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The contract on some real Redis; each test has a stream of its own. */
abstract class RealRedisContract extends EventLogContract {
  private static final AtomicInteger streams = new AtomicInteger();

  String stream = "";

  abstract String uri();

  /** Past the log, to look and to meddle. */
  abstract RedisClusterCommands<String, byte[]> commands();

  @Override
  EventLog open(int partitionCount) {
    stream = "test-" + streams.incrementAndGet();
    return RedisEventLog.connect(new RedisSettings(uri(), stream, OptionalInt.of(partitionCount)));
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
      commands()
          .xgroupCreate(StreamOffset.from(key, "0"), group, XGroupCreateArgs.Builder.mkstream());
    } catch (RedisBusyException e) {
      assertThat(e).hasMessageContaining("BUSYGROUP");
    }
    return commands()
        .xreadgroup(
            Consumer.from(group, "sink"),
            XReadArgs.Builder.count(countMax),
            StreamOffset.lastConsumed(key))
        .stream()
        .map(StreamMessage::getId)
        .toList();
  }

  @Override
  void acknowledge(String group, String id) {
    commands().xack(new StreamKeys(stream).predictions(0), group, id);
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
      byte[] dump = commands().dump(name);
      if (dump != null) {
        kept.put(name, dump);
      }
    }
    return () -> {
      commands().del(names);
      kept.forEach((name, dump) -> commands().restore(name, dump, RestoreArgs.Builder.ttl(0)));
    };
  }

  @Test
  void whatStandsInThePlaceOfATraceAndIsNoneIsNotTaken() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(Entries.entry(1)), BACKLOG_MAX);
    String events = new StreamKeys(stream).events(0);
    var fields =
        new HashMap<>(commands().xrange(events, Range.create("1-0", "1-0")).get(0).getBody());
    assertThat(fields).doesNotContainKey("traceparent");
    fields.put("traceparent", new byte[1 << 20]);
    commands().xadd(events, XAddArgs.Builder.nomkstream().id("2-0"), fields);

    try (var reader = log.openReader(0, "c")) {
      assertThat(reader.readNew(9, Duration.ZERO))
          .extracting(DeliveredEntry::traceparent)
          .containsExactly("", "");
    }
  }
}
