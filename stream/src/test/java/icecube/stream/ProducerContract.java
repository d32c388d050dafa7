// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.BUSY;
import static icecube.stream.AppendResult.Status.DUPLICATE;
import static icecube.stream.AppendResult.Status.GAP;
import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.AppendResult.Status.ROLLED_BACK;
import static icecube.stream.AppendResult.Status.SUPERSEDED;
import static icecube.stream.Entries.entries;
import static icecube.stream.Entries.entry;
import static icecube.stream.Entries.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a producer may rely on. */
abstract class ProducerContract extends EventLogFixture {
  @Test
  void producerOfAnEmptyPartitionStartsAtTheBeginning() {
    assertThat(log.openProducer(0, SOURCE).lastSequence()).isZero();
  }

  @Test
  void appendedEntriesAreReadInOrderWithAllTheyBrought() {
    long epoch = log.openProducer(1, SOURCE).epoch();

    var result = log.append(1, epoch, 1, List.of(entry(10, 11), entry(12)), BACKLOG_MAX);

    assertThat(result).isEqualTo(new AppendResult(OK, 2));
    try (var reader = log.openReader(1, "c")) {
      var delivered = reader.readNew(10, Duration.ZERO);
      assertThat(delivered).extracting(DeliveredEntry::id).containsExactlyElementsOf(ids(1, 2));
      assertThat(delivered.get(0).payload()).isEqualTo(entry(10, 11).payload());
      assertThat(delivered.get(0).eventCount()).isEqualTo(2);
      assertThat(delivered.get(0).digest()).isEqualTo(EventDigest.of(11, 10));
    }
  }

  @Test
  void repeatedAppendChangesNothing() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, entries(1, 3), BACKLOG_MAX);
    var before = log.account(0);

    assertThat(log.append(0, epoch, 1, entries(1, 3), BACKLOG_MAX))
        .isEqualTo(new AppendResult(DUPLICATE, 3));
    assertThat(log.append(0, epoch, 2, entries(2, 1), BACKLOG_MAX))
        .isEqualTo(new AppendResult(DUPLICATE, 3));
    assertThat(log.account(0)).isEqualTo(before);
  }

  @Test
  void appendThatOverlapsAddsOnlyWhatIsNew() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, entries(1, 3), BACKLOG_MAX);

    assertThat(log.append(0, epoch, 2, entries(2, 4), BACKLOG_MAX))
        .isEqualTo(new AppendResult(OK, 5));
    assertThat(log.account(0).emitted()).isEqualTo(5);
    assertThat(log.account(0).emittedDigest()).isEqualTo(EventDigest.of(1, 2, 3, 4, 5));
  }

  @Test
  void appendBeyondAMissingEntryIsAGap() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, entries(1, 2), BACKLOG_MAX);

    assertThat(log.append(0, epoch, 4, entries(4, 1), BACKLOG_MAX))
        .isEqualTo(new AppendResult(GAP, 2));
  }

  @Test
  void appendBeyondTheBacklogIsBusyUntilSomethingIsPublished() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, entries(1, 3), 3);

    assertThat(log.append(0, epoch, 4, entries(4, 1), 3)).isEqualTo(new AppendResult(BUSY, 3));

    publish(0, 1);
    assertThat(log.append(0, epoch, 4, entries(4, 1), 3)).isEqualTo(new AppendResult(OK, 4));
  }

  @Test
  void newerProducerSupersedesTheOlder() {
    long older = log.openProducer(0, SOURCE).epoch();
    log.append(0, older, 1, entries(1, 2), BACKLOG_MAX);

    var newer = log.openProducer(0, SOURCE);

    assertThat(newer.lastSequence()).isEqualTo(2);
    assertThat(newer.epoch()).isGreaterThan(older);
    assertThat(log.append(0, older, 3, entries(3, 1), BACKLOG_MAX))
        .isEqualTo(new AppendResult(SUPERSEDED, 2));
    assertThat(log.finishProducer(0, older, 2).status()).isEqualTo(SUPERSEDED);
    assertThat(log.append(0, newer.epoch(), 3, entries(3, 1), BACKLOG_MAX).status()).isEqualTo(OK);
  }

  @Test
  void producersOfDifferentPartitionsDoNotMeet() {
    long first = log.openProducer(0, SOURCE).epoch();
    log.openProducer(1, "another source");

    assertThat(log.append(0, first, 1, entries(1, 1), BACKLOG_MAX).status()).isEqualTo(OK);
  }

  @Test
  void logThatRolledBackBehindTheProducerSaysSo() {
    var rollBack = rollBackLater(0);
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, entries(1, 2), BACKLOG_MAX);

    rollBack.run();

    assertThat(log.append(0, epoch, 3, entries(3, 1), BACKLOG_MAX))
        .isEqualTo(new AppendResult(ROLLED_BACK, 0));
    assertThat(log.finishProducer(0, epoch, 2).status()).isEqualTo(ROLLED_BACK);
    assertThat(log.openProducer(0, SOURCE).epoch()).isGreaterThan(epoch);
  }

  @Test
  void logThatLostItsLastEntriesShowsAGapAtTheMark() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, entries(1, 2), BACKLOG_MAX);
    var rollBack = rollBackLater(0);
    log.append(0, epoch, 3, entries(3, 5), BACKLOG_MAX);

    rollBack.run();

    assertThat(log.append(0, epoch, 8, entries(8, 1), BACKLOG_MAX))
        .isEqualTo(new AppendResult(GAP, 2));
    assertThat(log.finishProducer(0, epoch, 7)).isEqualTo(new AppendResult(GAP, 2));
  }

  @Test
  void otherSourceIsRefused() {
    log.openProducer(0, SOURCE);

    assertThatExceptionOfType(FingerprintMismatchException.class)
        .isThrownBy(() -> log.openProducer(0, "source-b"))
        .withMessageContaining("source-b")
        .withMessageContaining(SOURCE);
  }

  @Test
  void finishedPartitionIsCompleteOnceAllIsPublished() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, entries(1, 2), BACKLOG_MAX);
    assertThat(log.finishProducer(0, epoch, 3)).isEqualTo(new AppendResult(GAP, 2));

    assertThat(log.finishProducer(0, epoch, 2)).isEqualTo(new AppendResult(OK, 2));
    assertThat(log.account(0).isComplete()).isFalse();
    publish(0, 2);

    assertThat(log.account(0).isComplete()).isTrue();
    assertThat(log.account(0).entryCount()).hasValue(2);
  }

  @Test
  void appendAfterTheEndWithdrawsTheEnd() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, entries(1, 2), BACKLOG_MAX);
    log.finishProducer(0, epoch, 2);

    log.append(0, epoch, 3, entries(3, 1), BACKLOG_MAX);

    assertThat(log.account(0).entryCount()).isEmpty();
    assertThatExceptionOfType(EventLogException.class)
        .isThrownBy(() -> log.finishProducer(0, epoch, 2))
        .withMessageContaining("entryCount of partition 0: 2 (expected: at least 3");
  }

  @Test
  void emptySourceIsCompleteAtOnce() {
    long epoch = log.openProducer(0, SOURCE).epoch();

    assertThat(log.finishProducer(0, epoch, 0)).isEqualTo(new AppendResult(OK, 0));
    assertThat(log.account(0).isComplete()).isTrue();
  }
}
