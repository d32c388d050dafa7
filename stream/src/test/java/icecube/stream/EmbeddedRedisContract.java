// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis of our own: what it keeps when it is killed, and what it says when it cannot start. */
abstract class EmbeddedRedisContract {
  private static final int ENTRY_COUNT = 60;

  /** Bytes cut off the end of the append-only file: within the last scripts, whatever they are. */
  private static final int[] TORN_BYTES = {1, 40, 200, 333, 700, 1_100};

  @TempDir Path home;
  private RedisBinary binary;

  /** The Redis to test; empty if there is none. */
  abstract Optional<RedisBinary> find(Path folder);

  @BeforeEach
  final void findBinary() {
    var found = find(home);
    assumeTrue(found.isPresent(), "SKIPPED: no such Redis on this system");
    binary = found.orElseThrow();
  }

  @Test
  void acknowledgedWorkSurvivesKillAndRestart() {
    try (var redis = EmbeddedRedis.start(home.resolve("redis"), binary);
        var log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "s"))) {
      redis.writeThrough();
      long epoch = log.openProducer(0, "source").epoch();
      log.append(0, epoch, 1, entries(1, ENTRY_COUNT), ENTRY_COUNT);
      work(log, ENTRY_COUNT / 2);
      var before = log.account(0);

      redis.kill();
      redis.restart();

      assertThat(log.account(0)).isEqualTo(before);
      assertThat(log.append(0, epoch, 1, entries(1, ENTRY_COUNT), ENTRY_COUNT).status())
          .isEqualTo(AppendResult.Status.DUPLICATE);
      work(log, ENTRY_COUNT);
      log.finishProducer(0, epoch, ENTRY_COUNT);
      assertThat(log.account(0).isComplete()).isTrue();
      assertThat(Reconciliation.of(log).isBalanced()).isTrue();
    }
  }

  @Test
  void redisThatIsAwayForAMomentIsWaitedFor() throws InterruptedException {
    try (var redis = EmbeddedRedis.start(home.resolve("redis"), binary);
        var log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "s"))) {
      redis.writeThrough();
      long epoch = log.openProducer(0, "source").epoch();
      redis.kill();
      var back = new Thread(redis::restart, "restart");
      back.start();

      assertThat(log.append(0, epoch, 1, entries(1, 1), 9).status())
          .isEqualTo(AppendResult.Status.OK);
      back.join();
    }
  }

  @Test
  void stopByAnInterruptedThreadIsAsGoodAsAnyOther() throws IOException {
    var redis = EmbeddedRedis.start(home.resolve("redis"), binary);
    var log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "s"));

    Thread.currentThread().interrupt();
    log.close();
    redis.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(Files.readString(home.resolve("redis").resolve("redis.log"))).contains("bye bye");
  }

  @Test
  void redisThatStaysAwayIsReported() {
    try (var redis = EmbeddedRedis.start(home.resolve("redis"), binary);
        var log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "s"));
        var reader = log.openReader(0, "c")) {
      redis.kill();

      assertThatExceptionOfType(EventLogException.class)
          .isThrownBy(log::check)
          .withMessageContaining("redis at " + redis.uri());
      assertThatExceptionOfType(EventLogException.class)
          .isThrownBy(() -> reader.readNew(1, Duration.ofMillis(10)));
      assertThatExceptionOfType(EventLogException.class)
          .isThrownBy(() -> log.claim(0, "c", ClaimSettings.DEFAULT, false));
    }
  }

  /**
   * Power fails and the end of the file is lost, within a script. Whatever was kept, each event is
   * published once in the end, also after a second restart, which is when the unmended file would
   * double it.
   */
  @Test
  void tornFileLosesTheEndAndNothingElse() throws IOException {
    for (int torn : TORN_BYTES) {
      var folder = home.resolve("torn-" + torn);
      try (var redis = EmbeddedRedis.start(folder, binary);
          var log = RedisEventLog.connect(RedisSettings.of(redis.uri(), "s"))) {
        redis.writeThrough();
        long epoch = log.openProducer(0, "source").epoch();
        log.append(0, epoch, 1, entries(1, ENTRY_COUNT), ENTRY_COUNT);
        work(log, ENTRY_COUNT / 2);
        var before = log.account(0);

        redis.kill();
        cut(folder, torn);
        redis.restart();

        var after = log.account(0);
        assertThat(after.predicted()).as("torn %d", torn).isLessThan(before.predicted());
        assertThat(after.inFlight()).as("torn %d", torn).isEqualTo(after.backlog());
        work(log, 5);
        redis.kill();
        redis.restart();
        work(log, ENTRY_COUNT);
        log.finishProducer(0, log.openProducer(0, "source").epoch(), ENTRY_COUNT);

        var reconciliation = Reconciliation.of(log);
        assertThat(reconciliation.duplicates()).as("torn %d", torn).isZero();
        assertThat(reconciliation.isBalanced()).as("torn %d: %s", torn, reconciliation).isTrue();
        assertThat(log.account(0).isComplete()).as("torn %d", torn).isTrue();
      }
    }
  }

  /** Publishes up to so many entries, held ones first. */
  private static void work(EventLog log, int count) {
    try (var reader = log.openReader(0, "c")) {
      int done = 0;
      for (var entry : reader.readHeld(EntryId.START, count)) {
        done += publish(log, entry);
      }
      if (done < count) {
        for (var entry : reader.readNew(count - done, Duration.ZERO)) {
          publish(log, entry);
        }
      }
    }
  }

  private static int publish(EventLog log, DeliveredEntry entry) {
    log.complete(0, completion("c", entry.id(), entry.id().sequence()))
        .toCompletableFuture()
        .join();
    return 1;
  }

  private static void cut(Path folder, int bytes) throws IOException {
    try (var files = Files.walk(folder)) {
      var last =
          files
              .filter(file -> file.toString().matches(".*appendonly.*aof"))
              .filter(Files::isRegularFile)
              .max(Comparator.comparing(Path::toString))
              .orElseThrow();
      try (var channel = FileChannel.open(last, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - bytes);
      }
    }
  }

  @Test
  void portThatSomebodyElseHasIsTold() throws IOException {
    try (var redis = EmbeddedRedis.start(home.resolve("redis"), binary)) {
      int port = Integer.parseInt(redis.uri().substring(redis.uri().lastIndexOf(':') + 1));
      redis.kill();
      try (var thief = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        assertThat(thief.isBound()).isTrue();
        assertThatExceptionOfType(EventLogException.class)
            .isThrownBy(redis::restart)
            .withMessageContaining("port was taken");
      }
    }
  }

  @Test
  void folderThatCannotBeMadeIsTold() throws IOException {
    var file = Files.createFile(home.resolve("file"));

    assertThatExceptionOfType(EventLogException.class)
        .isThrownBy(() -> EmbeddedRedis.start(file.resolve("redis"), binary))
        .withMessageContaining("not writable (expected: a folder for Redis' files)");
  }

  @Test
  void programThatDoesNotStartIsTold() {
    var none = new RedisBinary(home.resolve("no-such-redis-server"), 7);

    assertThatExceptionOfType(EventLogException.class)
        .isThrownBy(() -> EmbeddedRedis.start(home.resolve("redis"), none))
        .withMessageContaining("redis-server");
  }

  @Test
  void twoRunBesideEachOther() {
    try (var first = EmbeddedRedis.start(home.resolve("first"), binary);
        var second = EmbeddedRedis.start(home.resolve("second"), binary)) {
      assertThat(first.uri()).isNotEqualTo(second.uri());
    }
  }

  @Test
  void secondOverTheSameFolderIsRefusedUntilTheFirstIsClosed() {
    var folder = home.resolve("redis");
    try (var first = EmbeddedRedis.start(folder, binary)) {
      assertThatExceptionOfType(EventLogException.class)
          .isThrownBy(() -> EmbeddedRedis.start(folder, binary).close())
          .withMessageContaining("in use by another icecube");
      assertThat(first.binary()).isEqualTo(binary);
    }
    EmbeddedRedis.start(folder, binary).close();
  }

  @Test
  void closedTwiceIsClosed() {
    var redis = EmbeddedRedis.start(home.resolve("redis"), binary);

    redis.close();
    redis.close();
    redis.kill();

    assertThatExceptionOfType(EventLogException.class)
        .isThrownBy(() -> RedisEventLog.connect(RedisSettings.of(redis.uri(), "s")).close());
  }
}
