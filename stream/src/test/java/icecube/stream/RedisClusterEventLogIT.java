// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a Redis Cluster of three primaries, with no change to anything but the uri. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedisClusterEventLogIT extends RealRedisContract {
  private ClusterOfThree cluster;
  private RedisClusterClient client;
  private StatefulRedisClusterConnection<String, byte[]> direct;

  @BeforeAll
  void startCluster(@TempDir Path folder) {
    var binary = RedisBinary.onPath();
    assumeTrue(binary.isPresent(), "SKIPPED: no redis-server of version 7.0 or later on the PATH");
    cluster = ClusterOfThree.start(binary.orElseThrow().path(), folder);
    client = RedisClusterClient.create(RedisURI.create(cluster.uri().replaceFirst(",.*", "")));
    direct = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
  }

  @AfterAll
  void stopCluster() {
    if (cluster != null) {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
      cluster.close();
    }
  }

  @Override
  String uri() {
    return cluster.uri();
  }

  @Override
  RedisClusterCommands<String, byte[]> commands() {
    return direct.sync();
  }

  @Test
  void partitionsSpreadOverTheServers() {
    var keys = new StreamKeys(stream);
    var servers = new HashSet<String>();
    for (int partition = 0; partition < 16; partition++) {
      int slot = SlotHash.getSlot(keys.events(partition));
      servers.add(direct.getPartitions().getPartitionBySlot(slot).getNodeId());
      assertThat(SlotHash.getSlot(keys.meta(partition))).isEqualTo(slot);
    }
    assertThat(servers).hasSize(ClusterOfThree.SIZE);
  }

  @Test
  void eachServerKilledAndRestartedInTheMiddleLosesNothing() {
    int partitionCount = 8;
    int entryCount = 60;
    try (var wide =
        RedisEventLog.connect(
            new RedisSettings(uri(), stream + "-killed", OptionalInt.of(partitionCount)))) {
      long[] epochs = new long[partitionCount];
      for (int partition = 0; partition < partitionCount; partition++) {
        epochs[partition] = wide.openProducer(partition, SOURCE).epoch();
      }
      for (int first = 1; first <= entryCount; first += 10) {
        for (int partition = 0; partition < partitionCount; partition++) {
          long offset = 1_000L * partition;
          var more =
              entries(first, 10).stream()
                  .map(entry -> Entries.entry(offset + entry.digest().onlyEventId()))
                  .toList();
          assertThat(patiently(wide, partition, epochs[partition], first, more)).isEqualTo(OK);
        }
        if (first % 20 == 1) {
          cluster.killAndRestart(first / 20 % ClusterOfThree.SIZE);
        }
      }
      for (int partition = 0; partition < partitionCount; partition++) {
        publishAll(wide, partition, 1_000L * partition);
        assertThat(wide.finishProducer(partition, epochs[partition], entryCount).status())
            .isEqualTo(OK);
      }
      assertThat(Reconciliation.of(wide).isComplete()).isTrue();
    }
  }

  /** As an emitter does: again until the log answers, which may be for the second time. */
  private static AppendResult.Status patiently(
      EventLog log, int partition, long epoch, long first, List<EventEntry> entries) {
    for (int attempt = 0; ; attempt++) {
      try {
        var status = log.append(partition, epoch, first, entries, 1_000).status();
        return status == AppendResult.Status.DUPLICATE ? OK : status;
      } catch (EventLogException e) {
        if (attempt == 5) {
          throw e;
        }
      }
    }
  }

  private void publishAll(EventLog log, int partition, long offset) {
    try (var reader = log.openReader(partition, "c")) {
      for (var more = reader.readNew(100, Duration.ZERO);
          !more.isEmpty();
          more = reader.readNew(100, Duration.ZERO)) {
        for (var entry : more) {
          var done = completion("c", entry.id(), offset + entry.id().sequence());
          assertThat(log.complete(partition, done).toCompletableFuture().join())
              .isEqualTo(CompletionOutcome.PUBLISHED);
        }
      }
    }
  }
}
