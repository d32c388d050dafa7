// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A loss, a double and a wrong id, put into a real Redis behind the log's back, are found. */
final class PlantedFaultIT {
  private static final int ENTRY_COUNT = 50;
  private static final int EVENT_COUNT = 6 * ENTRY_COUNT;
  private static final Optional<Supplier<LongStream>> SOURCE =
      Optional.of(() -> LongStream.range(0, EVENT_COUNT));

  private EmbeddedRedis redis;
  private RedisClient client;
  private StatefulRedisConnection<String, byte[]> direct;
  private EventLog log;

  @BeforeEach
  void fill(@TempDir Path folder) {
    var binary = RedisBinary.onPath().or(() -> RedisBinary.carried(folder));
    assumeTrue(binary.isPresent(), "SKIPPED: no Redis on this system");
    redis = EmbeddedRedis.start(folder.resolve("redis"), binary.orElseThrow());
    client = RedisClient.create(redis.uri());
    direct = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "s"));
    for (int partition = 0; partition < 2; partition++) {
      fill(partition);
    }
  }

  /** Entries of three events each; entry 1 of partition 0 has 0, 1 and 2, of partition 1 150 … */
  private void fill(int partition) {
    long epoch = log.openProducer(partition, "source").epoch();
    try (var reader = log.openReader(partition, "c")) {
      for (int sequence = 1; sequence <= ENTRY_COUNT; sequence++) {
        long id = partition * (EVENT_COUNT / 2L) + 3L * (sequence - 1);
        log.append(partition, epoch, sequence, List.of(entry(id, id + 1, id + 2)), ENTRY_COUNT);
        reader.readNew(1, Duration.ZERO);
        log.complete(partition, completion("c", sequence, id, id + 1, id + 2))
            .toCompletableFuture()
            .join();
      }
    }
    log.finishProducer(partition, epoch, ENTRY_COUNT);
  }

  @AfterEach
  void stop() {
    if (redis != null) {
      log.close();
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
      redis.close();
    }
  }

  @Test
  void soundLogIsComplete() {
    assertThat(Reconciliation.of(log).isComplete()).isTrue();
    assertThat(Reconciliation.of(log, SOURCE).isComplete()).isTrue();
  }

  @Test
  void lossIsNamedByItsSource() {
    lose(0, 5);

    var reconciliation = Reconciliation.of(log, SOURCE);

    assertThat(reconciliation.missing()).isEqualTo(3);
    assertThat(reconciliation.missingIds()).containsExactly(12L, 13L, 14L);
    assertThat(reconciliation.isBalanced()).isFalse();
    assertThat(reconciliation.toTable()).contains("missing ids: [12, 13, 14]\n");
  }

  @Test
  void lossThatCannotBeNamedIsCountedAndSaysHow() {
    lose(0, 5);

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.missing()).isEqualTo(3);
    assertThat(reconciliation.missingIds()).isEmpty();
    assertThat(reconciliation.toTable()).contains("missing ids: [] and 3 more; give the source");
  }

  @Test
  void doubleIsNamed() {
    direct.sync().xadd(key(1), copyOf(1, 1));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.duplicates()).isEqualTo(3);
    assertThat(reconciliation.duplicateIds()).containsExactly(150L, 151L, 152L);
    assertThat(reconciliation.missing()).isZero();
    assertThat(reconciliation.isBalanced()).isFalse();
  }

  @Test
  void wrongIdIsNamedAndSoIsTheEventItStandsFor() {
    replaceByWrong(0, 7);

    var reconciliation = Reconciliation.of(log, SOURCE);

    assertThat(reconciliation.foreignIds()).containsExactly(999_999L);
    assertThat(reconciliation.missingIds()).containsExactly(20L);
    assertThat(reconciliation.duplicates()).isZero();
    assertThat(reconciliation.disagreements())
        .anyMatch(line -> line.contains("from entry 7-0 of events, holds other events"));
    assertThat(Reconciliation.of(log).isBalanced()).isFalse();
  }

  @Test
  void allThreeTogetherAreFound() {
    lose(0, 5);
    direct.sync().xadd(key(0), copyOf(0, 1));
    replaceByWrong(1, 7);

    var reconciliation = Reconciliation.of(log, SOURCE);

    assertThat(reconciliation.duplicateIds()).containsExactly(0L, 1L, 2L);
    assertThat(reconciliation.missingIds()).containsExactly(12L, 13L, 14L, 170L);
    assertThat(reconciliation.missing()).isEqualTo(4);
    assertThat(reconciliation.foreignIds()).containsExactly(999_999L);
    assertThat(reconciliation.toTable()).contains("BROKEN");
  }

  private static String key(int partition) {
    return new StreamKeys("s").predictions(partition);
  }

  private void lose(int partition, int sequence) {
    direct.sync().xdel(key(partition), idOf(partition, sequence));
  }

  private void replaceByWrong(int partition, int sequence) {
    var fields = copyOf(partition, sequence);
    long id = partition * (EVENT_COUNT / 2L) + 3L * (sequence - 1);
    fields.put("d", Entries.predictions(id, id + 1, 999_999).payload());
    lose(partition, sequence);
    direct.sync().xadd(key(partition), fields);
  }

  private String idOf(int partition, int sequence) {
    return log.predictions(partition, "", ENTRY_COUNT).get(sequence - 1).id();
  }

  private Map<String, byte[]> copyOf(int partition, int sequence) {
    String id = idOf(partition, sequence);
    var found = direct.sync().xrange(key(partition), Range.create(id, id));
    return new HashMap<>(found.get(0).getBody());
  }
}
