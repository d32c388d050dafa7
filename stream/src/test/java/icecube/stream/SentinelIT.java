// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.AppendResult.Status.ROLLED_BACK;
import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Sentinel promotes a replica that lacks what the primary had already answered for. */
final class SentinelIT {
  private static final String SOURCE = "source-a";
  private static final int ENTRY_COUNT = 200;
  private static final int KNOWN_TO_REPLICA = 120;

  @Test
  void whatTheReplicaLacksIsSentAgainAndPublishedOnce(@TempDir Path folder) {
    var binary = RedisBinary.onPath();
    assumeTrue(binary.isPresent(), "SKIPPED: no redis-server of version 7.0 or later on the PATH");
    try (var servers = SentinelPair.start(binary.orElseThrow().path(), folder);
        var log = RedisEventLog.connect(new RedisSettings(servers.uri(), "s", OptionalInt.of(1)))) {
      long epoch = log.openProducer(0, SOURCE).epoch();
      assertThat(log.append(0, epoch, 1, entries(1, KNOWN_TO_REPLICA), 1_000).status())
          .isEqualTo(OK);
      publish(log, 60);
      servers.awaitReplica();
      servers.stallReplica();
      // Opened again where only the primary sees it: that epoch is lost, too.
      long lost = log.openProducer(0, SOURCE).epoch();
      var beyond = entries(KNOWN_TO_REPLICA + 1, ENTRY_COUNT - KNOWN_TO_REPLICA);
      assertThat(log.append(0, lost, KNOWN_TO_REPLICA + 1, beyond, 1_000).status()).isEqualTo(OK);
      publish(log, 100);
      assertThat(log.account(0).predicted()).isEqualTo(160);

      servers.failOver();

      var refused = log.append(0, lost, ENTRY_COUNT + 1, entries(ENTRY_COUNT + 1, 1), 1_000);
      assertThat(refused.status()).isEqualTo(ROLLED_BACK);
      var mark = log.openProducer(0, SOURCE);
      assertThat(mark.lastSequence()).isEqualTo(KNOWN_TO_REPLICA);
      long next = mark.lastSequence() + 1;
      var again = entries(next, (int) (ENTRY_COUNT - mark.lastSequence()));
      assertThat(log.append(0, mark.epoch(), next, again, 1_000).status()).isEqualTo(OK);
      publish(log, ENTRY_COUNT);
      assertThat(log.finishProducer(0, mark.epoch(), ENTRY_COUNT).status()).isEqualTo(OK);

      var balance = Reconciliation.of(log);
      assertThat(balance.isComplete()).as(balance.toTable()).isTrue();
      assertThat(balance.predicted()).isEqualTo(ENTRY_COUNT);
    }
  }

  /** Reads what is held and what is new, in a name of its own, and publishes it. */
  private static void publish(EventLog log, int countMax) {
    try (var reader = log.openReader(0, "c")) {
      for (var entry : reader.readHeld(EntryId.START, countMax)) {
        complete(log, entry);
      }
      for (var entry : reader.readNew(countMax, Duration.ZERO)) {
        complete(log, entry);
      }
    }
  }

  private static void complete(EventLog log, DeliveredEntry entry) {
    var done = completion("c", entry.id(), entry.id().sequence());
    assertThat(log.complete(0, done).toCompletableFuture().join())
        .isEqualTo(CompletionOutcome.PUBLISHED);
  }
}
