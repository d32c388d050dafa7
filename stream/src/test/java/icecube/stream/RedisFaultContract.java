// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.BUSY;
import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static icecube.stream.Entries.ids;
import static icecube.stream.EntryFields.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What goes wrong between us and Redis, and inside Redis, on every version of it. */
abstract class RedisFaultContract extends RedisEventLogContract {
  private static final int APPEND_COUNT = 2_000;
  private static final int CUT_EVERY = 50;

  @Test
  void lostRepliesDoubleNothing() throws IOException {
    long seed = Long.getLong("icecube.seed", 0x5eedL);
    var random = new Random(seed);
    try (var proxy = new CuttingProxy(redis.uri());
        var cutLog = RedisEventLog.connect(RedisSettings.of(proxy.uri(), stream))) {
      long epoch = cutLog.openProducer(0, SOURCE).epoch();
      for (int sequence = 1; sequence <= APPEND_COUNT; sequence++) {
        if (random.nextInt(CUT_EVERY) == 0) {
          proxy.cutNextReply();
        }
        cutLog.append(0, epoch, sequence, entries(sequence, 1), APPEND_COUNT);
      }
      assertThat(proxy.cuts()).isGreaterThan(20);
    }

    var account = log.account(0);
    assertThat(account.emitted()).as("seed %d", seed).isEqualTo(APPEND_COUNT);
    assertThat(account.backlog()).isEqualTo(APPEND_COUNT);
    assertThat(account.lastSequence()).isEqualTo(APPEND_COUNT);
  }

  @Test
  void openingWhoseReplyIsLostFencesNobodyButOthers() throws IOException {
    try (var proxy = new CuttingProxy(redis.uri());
        var cutLog = RedisEventLog.connect(RedisSettings.of(proxy.uri(), stream))) {
      proxy.cutNextReply();
      long epoch = cutLog.openProducer(0, SOURCE).epoch();
      assertThat(cutLog.append(0, epoch, 1, entries(1, 1), BACKLOG_MAX).status()).isEqualTo(OK);
    }
  }

  @Test
  void openingThatArrivesLateFencesNobody() {
    var keys = new StreamKeys(stream);
    var names = new String[] {keys.events(0), keys.meta(0)};
    var scripts = Scripts.of(only(direct.async()), redis.binary().majorVersion());
    var late = new byte[][] {bytes("consumers"), bytes(SOURCE), bytes("caller"), bytes(1)};
    var newer = new byte[][] {bytes("consumers"), bytes(SOURCE), bytes("caller"), bytes(2)};

    var first = scripts.call(Script.OPEN, names, newer).toCompletableFuture().join();
    var second = scripts.call(Script.OPEN, names, late).toCompletableFuture().join();

    assertThat(second.get(1)).isEqualTo(first.get(1));
  }

  /** Servers of which only commands are asked. */
  private static RedisServers only(RedisClusterAsyncCommands<String, byte[]> commands) {
    return new RedisServers() {
      @Override
      public RedisClusterAsyncCommands<String, byte[]> commands() {
        return commands;
      }

      @Override
      public CompletionStage<List<RedisClusterAsyncCommands<String, byte[]>>> primaries() {
        return CompletableFuture.completedStage(List.of(commands));
      }

      @Override
      public StatefulRedisConnection<String, byte[]> openReader(String key) {
        throw new UnsupportedOperationException("openReader");
      }

      @Override
      public void lookAgain() {}

      @Override
      public CompletableFuture<Void> shutdown(Duration timeout) {
        return CompletableFuture.completedFuture(null);
      }
    };
  }

  @Test
  void publicationWhoseReplyIsLostMayBeRepeated() throws IOException, InterruptedException {
    append(0, 3);
    try (var proxy = new CuttingProxy(redis.uri());
        var cutLog = RedisEventLog.connect(RedisSettings.of(proxy.uri(), stream));
        var reader = cutLog.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
      proxy.cutNextReply();

      var lost = cutLog.complete(0, completion("c", 1, 1)).toCompletableFuture();

      assertThat(catchThrowable(lost::join))
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(EventLogException.class);
      assertThat(proxy.isCut(5)).isTrue();
    }
    assertThat(complete(0, completion("c", 1, 1))).isEqualTo(CompletionOutcome.STALE);
    assertThat(log.account(0).predicted()).isEqualTo(1);
  }

  @Test
  void entriesWhoseReplyIsLostAreFoundByTheNextReader() throws IOException {
    append(0, 4);
    try (var proxy = new CuttingProxy(redis.uri());
        var cutLog = RedisEventLog.connect(RedisSettings.of(proxy.uri(), stream))) {
      try (var reader = cutLog.openReader(0, "c")) {
        proxy.cutNextReply();
        assertThatExceptionOfType(EventLogException.class)
            .isThrownBy(() -> reader.readNew(9, Duration.ofMillis(50)));
        assertThatExceptionOfType(EventLogException.class)
            .isThrownBy(() -> reader.readNew(9, Duration.ofMillis(50)))
            .withMessageContaining("open another");
      }
      try (var reader = cutLog.openReader(0, "c")) {
        assertThat(reader.readHeld(EntryId.START, 9))
            .extracting(DeliveredEntry::id)
            .containsExactlyElementsOf(ids(1, 2, 3, 4));
      }
    }
  }

  @Test
  void scriptsThatRedisHasForgottenAreGivenAgain() {
    append(0, 2);
    if (redis.binary().majorVersion() >= 7) {
      direct.sync().functionFlush(io.lettuce.core.FlushMode.SYNC);
    } else {
      direct.sync().scriptFlush();
    }

    publish(0, 1);

    assertThat(log.account(0).predicted()).isEqualTo(1);
  }

  @Test
  void fullMemoryIsBusyForProducersAndNoHindranceToConsumers() {
    append(0, 20);
    var held = new ArrayList<DeliveredEntry>();
    try (var reader = log.openReader(0, "c")) {
      held.addAll(reader.readNew(20, Duration.ZERO));
    }
    long epoch = log.openProducer(0, SOURCE).epoch();
    direct.sync().configSet("maxmemory", "1");
    try {
      assertThat(log.append(0, epoch, 21, entries(21, 1), BACKLOG_MAX))
          .isEqualTo(new AppendResult(BUSY, 20));
      for (var entry : held) {
        assertThat(complete(0, completion("c", entry.id(), entry.id().sequence())))
            .isEqualTo(CompletionOutcome.PUBLISHED);
      }
      assertThat(log.finishProducer(0, epoch, 20).status()).isEqualTo(OK);
      assertThat(log.claim(0, "d", ClaimSettings.DEFAULT, true).entries()).isEmpty();
    } finally {
      direct.sync().configSet("maxmemory", "0");
    }
    assertThat(log.account(0).isComplete()).isTrue();
    assertThat(log.append(0, epoch, 21, entries(21, 1), BACKLOG_MAX).status()).isEqualTo(OK);
  }

  @Test
  void entryWhoseBodySomebodyDeletedIsSkippedAndSeenAsMissing() {
    append(0, 5);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
    }
    String events = new StreamKeys(stream).events(0);
    direct.sync().xdel(events, "1-0", "2-0");

    try (var reader = log.openReader(0, "c")) {
      assertThat(reader.readHeld(EntryId.START, 1))
          .extracting(DeliveredEntry::id)
          .containsExactlyElementsOf(ids(3));
    }
    direct.sync().xdel(events, "3-0");
    pass(Duration.ofMillis(5));
    var settings = new ClaimSettings(Duration.ofMillis(5), 16, 9, 2);
    assertThat(sequences(log.claim(0, "d", settings, false))).containsExactlyInAnyOrder(4L, 5L);
    complete(0, completion("d", 4, 4));
    complete(0, completion("d", 5, 5));

    assertThat(log.account(0).pending()).isZero();
    var reconciliation = Reconciliation.of(log);
    assertThat(reconciliation.missing()).isEqualTo(3);
    assertThat(reconciliation.isBalanced()).isFalse();
  }

  @Test
  void suspectWhoseBodySomebodyDeletedIsSkipped() {
    append(0, 1);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
    }
    direct.sync().xdel(new StreamKeys(stream).events(0), "1-0");
    pass(Duration.ofMillis(5));
    var settings = new ClaimSettings(Duration.ofMillis(5), 16, 1, 2);

    assertThat(log.claim(0, "d", settings, true).entries()).isEmpty();
    assertThat(log.account(0).pending()).isZero();
  }

  @Test
  void partitionsAreAgreedOnOnce() {
    try (var second = RedisEventLog.connect(RedisSettings.of(redis.uri(), stream))) {
      assertThat(second.partitionCount()).isEqualTo(2);
    }
    assertThatExceptionOfType(EventLogException.class)
        .isThrownBy(
            () -> RedisEventLog.connect(new RedisSettings(redis.uri(), stream, OptionalInt.of(3))))
        .withMessageContaining("partitions: 3 (expected: 2, as the stream has)");
  }

  @Test
  void geometryIsPutBackByTheNextOpening() {
    var geometry =
        icecube.physics.DetectorGeometry.of("g", new float[1], new float[1], new float[1]);
    log.putGeometry(geometry);
    direct.sync().del(new StreamKeys(stream).geometries());

    log.openProducer(0, SOURCE);

    assertThat(log.geometry(geometry.hash())).contains(geometry);
  }

  @Test
  void namesThatLeaveAreGoneFromTheGroup() {
    append(0, 1);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
    }
    log.leave(0, "c");
    assertThat(groupMembers()).as("nobody, who holds the entry").isEqualTo(1);

    complete(0, completion("c", 1, 1));
    log.leave(0, StreamKeys.NOBODY);
    assertThat(groupMembers()).isZero();
  }

  @Test
  void whoTakesTheNameOfNobodyLeavesNonetheless() {
    append(0, 1);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
    }
    log.leave(0, "c");

    assertThat(log.leave(0, StreamKeys.NOBODY)).isEmpty();
    assertThat(groupMembers()).as("nobody, who holds the entry").isEqualTo(1);
  }

  private int groupMembers() {
    List<Object> members =
        direct.sync().xinfoConsumers(new StreamKeys(stream).events(0), StreamKeys.GROUP);
    return members.size();
  }
}
