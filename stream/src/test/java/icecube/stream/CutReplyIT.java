// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replies of a hundred are cut off with their connection: ours beside what Lettuce does. */
final class CutReplyIT {
  private static final int APPEND_COUNT = 2_000;
  private static final int ENTRY_COUNT = 400;
  private static final int CUT_EVERY = 50;
  private static final Duration LEASE = Duration.ofMillis(100);

  private final long seed = Long.getLong("icecube.seed", 0x5eedL);
  private final Random random = new Random(seed);
  private EmbeddedRedis redis;
  private CuttingProxy proxy;

  @BeforeEach
  void start(@TempDir Path folder) {
    var binary = RedisBinary.onPath().or(() -> RedisBinary.carried(folder));
    assumeTrue(binary.isPresent(), "SKIPPED: no Redis on this system");
    redis = EmbeddedRedis.start(folder.resolve("redis"), binary.orElseThrow());
    proxy = new CuttingProxy(redis.uri());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    redis.close();
  }

  @Test
  void appendIsSingleWherePlainXaddIsDoubled() {
    var plain = RedisClient.create(proxy.uri());
    try (var log = connect(proxy.uri());
        var connection = plain.connect()) {
      long epoch = log.openProducer(0, "source").epoch();
      for (int sequence = 1; sequence <= APPEND_COUNT; sequence++) {
        cutSometimes();
        log.append(0, epoch, sequence, Entries.entries(sequence, 1), APPEND_COUNT);
      }
      int cuts = proxy.cuts();
      var account = log.account(0);
      assertThat(account.backlog()).as("seed %d", seed).isEqualTo(APPEND_COUNT);
      assertThat(account.emitted()).isEqualTo(APPEND_COUNT);
      assertThat(account.lastSequence()).isEqualTo(APPEND_COUNT);

      for (int sequence = 1; sequence <= APPEND_COUNT; sequence++) {
        cutSometimes();
        connection.sync().xadd("plain", "d", Integer.toString(sequence));
      }
      long doubled = connection.sync().xlen("plain") - APPEND_COUNT;
      assertThat(doubled).as("seed %d: doubled by plain XADD", seed).isPositive();
      System.out.printf(
          "cut replies: %d appends, %d cut, 0 doubled; plain XADD with Lettuce's defaults: %d cut,"
              + " %d doubled%n",
          APPEND_COUNT, cuts, proxy.cuts() - cuts, doubled);
    } finally {
      plain.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  @Test
  void readerThatOpensAnotherSeesEveryEntry() {
    append();
    var seen = new HashSet<EntryId>();
    try (var log = connect(proxy.uri())) {
      while (seen.size() < ENTRY_COUNT) {
        readUntilCut(log, "c", seen, true);
      }
    }
    assertThat(seen).as("seed %d", seed).hasSize(ENTRY_COUNT);
  }

  @Test
  void nothingIsUnseenAfterTwoLeasesThoughNobodyComesBack() {
    append();
    var seen = new HashSet<EntryId>();
    int incarnations = 0;
    try (var log = connect(proxy.uri())) {
      while (log.inspect(0).events().groups().get(0).lag() > 0) {
        readUntilCut(log, "c-" + incarnations++, seen, false);
      }
    }
    int unseen = ENTRY_COUNT - seen.size();
    assertThat(unseen).as("seed %d: entries whose reply was cut", seed).isPositive();
    long end = System.nanoTime() + 2 * LEASE.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    try (var log = connect(redis.uri())) {
      var settings = new ClaimSettings(LEASE, 1_000, 9, 2);
      List<DeliveredEntry> claimed;
      do {
        claimed = log.claim(0, "claimer", settings, false).entries();
        claimed.forEach(entry -> seen.add(entry.id()));
      } while (!claimed.isEmpty());
    }
    assertThat(seen).as("seed %d", seed).hasSize(ENTRY_COUNT);
    System.out.printf(
        "cut XREADGROUP replies: %d of %d entries unseen by %d readers, 0 after two leases%n",
        unseen, ENTRY_COUNT, incarnations);
  }

  /** Reads few at a time, as a reader must: what is held first. */
  private void readUntilCut(EventLog log, String consumer, Set<EntryId> seen, boolean comesBack) {
    try (var reader = log.openReader(0, consumer)) {
      if (comesBack) {
        reader.readHeld(EntryId.START, ENTRY_COUNT).forEach(entry -> seen.add(entry.id()));
      }
      List<DeliveredEntry> entries;
      do {
        cutSometimes();
        entries = reader.readNew(2, Duration.ofMillis(1));
        entries.forEach(entry -> seen.add(entry.id()));
      } while (!entries.isEmpty());
    } catch (EventLogException e) {
      assertThat(e).hasMessageContaining("redis at");
    }
  }

  private void append() {
    try (var log = connect(redis.uri())) {
      long epoch = log.openProducer(0, "source").epoch();
      log.append(0, epoch, 1, Entries.entries(1, ENTRY_COUNT), ENTRY_COUNT);
    }
  }

  private void cutSometimes() {
    if (random.nextInt(CUT_EVERY) == 0) {
      proxy.cutNextReply();
    }
  }

  private static EventLog connect(String uri) {
    return RedisEventLog.connect(new RedisSettings(uri, "s", OptionalInt.of(1)));
  }
}
