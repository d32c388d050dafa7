// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.BUSY;
import static icecube.stream.AppendResult.Status.DUPLICATE;
import static icecube.stream.AppendResult.Status.GAP;
import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.AppendResult.Status.ROLLED_BACK;
import static icecube.stream.AppendResult.Status.SUPERSEDED;
import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static icecube.stream.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import icecube.physics.DetectorGeometry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every event log does; each implementation runs all of it. */
abstract class EventLogContract {
  static final String SOURCE = "source-a";
  static final int BACKLOG_MAX = 100;

  /** Two partitions, empty; opened by {@link #open}. */
  EventLog log;

  /** A new, empty log with this many partitions. */
  abstract EventLog open(int partitionCount);

  /** Lets time pass until a lease of this length has ended. */
  abstract void pass(Duration lease);

  /** Remembers what a partition holds; running the result brings it back to that. */
  abstract Runnable rollBackLater(int partition);

  @BeforeEach
  void openLog() {
    log = open(2);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

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
      assertThat(delivered).extracting(DeliveredEntry::sequence).containsExactly(1L, 2L);
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

  @Test
  void entryGoesToOneReaderOnly() {
    append(0, 3);
    try (var first = log.openReader(0, "c1");
        var second = log.openReader(0, "c2")) {
      assertThat(first.readNew(2, Duration.ZERO)).hasSize(2);
      assertThat(second.readNew(2, Duration.ZERO))
          .extracting(DeliveredEntry::sequence)
          .containsExactly(3L);
      assertThat(first.readNew(2, Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void readerThatComesBackFindsWhatItHolds() {
    append(0, 5);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(3, Duration.ZERO);
      log.complete(0, completion("c", 2, 2)).toCompletableFuture().join();
    }

    try (var reader = log.openReader(0, "c");
        var other = log.openReader(0, "other")) {
      assertThat(reader.readHeld(0, 1)).extracting(DeliveredEntry::sequence).containsExactly(1L);
      assertThat(reader.readHeld(1, 9)).extracting(DeliveredEntry::sequence).containsExactly(3L);
      assertThat(reader.readHeld(3, 9)).isEmpty();
      assertThat(other.readHeld(0, 9)).isEmpty();
    }
  }

  @Test
  void readerMayComeBeforeTheProducer() {
    try (var reader = log.openReader(0, "c")) {
      assertThat(reader.readHeld(0, 9)).isEmpty();
      assertThat(reader.readNew(9, Duration.ofMillis(1))).isEmpty();
      append(0, 1);
      assertThat(reader.readNew(9, Duration.ofSeconds(5))).hasSize(1);
    }
  }

  @Test
  void publicationCountsOnceAndIsReadBack() {
    append(0, 2);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
    }
    var completion = Entries.completion("c", 1, new long[] {1}, new long[] {});

    assertThat(complete(0, completion)).isEqualTo(CompletionOutcome.PUBLISHED);
    assertThat(complete(0, completion)).isEqualTo(CompletionOutcome.STALE);

    var account = log.account(0);
    assertThat(account.predicted()).isEqualTo(1);
    assertThat(account.inFlight()).isEqualTo(1);
    assertThat(account.backlog()).isEqualTo(1);
    assertThat(account.pending()).isEqualTo(1);
    assertThat(account.predictionEntryCount()).isEqualTo(1);
    var published = log.predictions(0, "", 9);
    assertThat(published).hasSize(1);
    assertThat(published.get(0).sequence()).isEqualTo(1);
    assertThat(published.get(0).consumer()).isEqualTo("c");
    assertThat(published.get(0).eventCount()).isEqualTo(1);
    assertThat(published.get(0).payload()).isEqualTo(completion.predictions().payload());
    assertThat(log.predictions(0, published.get(0).id(), 9)).isEmpty();
    assertThat(log.deadLetters(0, "", 9)).isEmpty();
  }

  @Test
  void predictionsAndDeadLettersOfOneEntryArePublishedTogether() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(entry(1, 2, 3)), BACKLOG_MAX);
    log.finishProducer(0, epoch, 1);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
    }

    complete(0, completion("c", 1, new long[] {1, 3}, new long[] {2}));

    var account = log.account(0);
    assertThat(account.predicted()).isEqualTo(2);
    assertThat(account.deadLettered()).isEqualTo(1);
    assertThat(account.predictedDigest()).isEqualTo(EventDigest.of(1, 3));
    assertThat(account.deadLetteredDigest()).isEqualTo(EventDigest.of(2));
    assertThat(account.isComplete()).isTrue();
    assertThat(log.deadLetters(0, "", 9)).hasSize(1);
  }

  @Test
  void publishedEntriesArePagedOldestFirst() {
    append(0, 5);
    publish(0, 5);

    var first = log.predictions(0, "", 2);
    var rest = log.predictions(0, first.get(1).id(), 9);

    assertThat(first).extracting(PublishedEntry::sequence).containsExactly(1L, 2L);
    assertThat(rest).extracting(PublishedEntry::sequence).containsExactly(3L, 4L, 5L);
  }

  @Test
  void entryThatWasNeverReadCannotBePublished() {
    append(0, 1);

    assertThat(complete(0, completion("c", 1, 1))).isEqualTo(CompletionOutcome.STALE);
    assertThat(complete(0, completion("c", 7, 7))).isEqualTo(CompletionOutcome.STALE);
    assertThat(log.account(0).predicted()).isZero();
  }

  @Test
  void completionOfAPartitionWithoutAnythingIsStale() {
    assertThat(complete(1, completion("c", 1, 1))).isEqualTo(CompletionOutcome.STALE);
    assertThat(log.renew(1, "c", List.of(1L))).isEmpty();
    assertThat(log.claim(1, "c", ClaimSettings.DEFAULT, true).entries()).isEmpty();
    log.leave(1, "c");
    assertThat(log.account(1).isComplete()).isFalse();
  }

  @Test
  void onlyTheHolderMayPublishIfThatIsAskedFor() {
    append(0, 1);
    try (var reader = log.openReader(0, "c1")) {
      reader.readNew(9, Duration.ZERO);
    }

    assertThat(complete(0, Entries.ownerOnly(completion("c2", 1, 1))))
        .isEqualTo(CompletionOutcome.FENCED);
    assertThat(complete(0, Entries.ownerOnly(completion("c1", 1, 1))))
        .isEqualTo(CompletionOutcome.PUBLISHED);
  }

  @Test
  void anybodyMayPublishFirst() {
    append(0, 1);
    try (var reader = log.openReader(0, "c1")) {
      reader.readNew(9, Duration.ZERO);
    }

    assertThat(complete(0, completion("c2", 1, 1))).isEqualTo(CompletionOutcome.PUBLISHED);
    assertThat(complete(0, completion("c1", 1, 1))).isEqualTo(CompletionOutcome.STALE);
    assertThat(log.account(0).predicted()).isEqualTo(1);
  }

  @Test
  void geometryIsFoundByItsHash() {
    var geometry =
        DetectorGeometry.of("tiny", new float[] {0, 1}, new float[] {2, 3}, new float[] {4, 5.5f});

    log.putGeometry(geometry);
    log.putGeometry(geometry);

    var found = log.geometry(geometry.hash());
    assertThat(found).contains(geometry);
    assertThat(found.orElseThrow().id()).isEqualTo("tiny");
    assertThat(found.orElseThrow().zMeters(1)).isEqualTo(5.5f);
    assertThat(log.geometry("0".repeat(64))).isEmpty();
  }

  @Test
  void nonsenseIsRefusedBeforeItReachesTheLog() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.account(2))
        .withMessage("partition: 2 (expected: 0..1)");
    assertThatIllegalArgumentException().isThrownBy(() -> log.openProducer(-1, SOURCE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.append(0, 1, 0, entries(1, 1), BACKLOG_MAX))
        .withMessage("firstSequence: 0 (expected: at least 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.append(0, 1, 1, List.of(), BACKLOG_MAX));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.append(0, 1, 1, entries(1, 5), 4))
        .withMessageContaining("entries: 5 (expected: 1..4");
    assertThatIllegalArgumentException().isThrownBy(() -> log.predictions(0, "", 0));
    try (var reader = log.openReader(0, "c")) {
      assertThatIllegalArgumentException().isThrownBy(() -> reader.readNew(0, Duration.ZERO));
      assertThatIllegalArgumentException().isThrownBy(() -> reader.readHeld(0, 0));
    }
  }

  @Test
  void healthyLogAnswers() {
    log.check();
    assertThat(log.partitionCount()).isEqualTo(2);
  }

  /** Appends entries 1..count of one event each, whose id is the sequence. */
  final void append(int partition, int count) {
    long epoch = log.openProducer(partition, SOURCE).epoch();
    assertThat(log.append(partition, epoch, 1, entries(1, count), BACKLOG_MAX).status())
        .isEqualTo(OK);
  }

  /** Reads new entries of one event each, whose id is the sequence, and publishes them. */
  final void publish(int partition, int count) {
    try (var reader = log.openReader(partition, "publisher")) {
      for (var entry : reader.readNew(count, Duration.ZERO)) {
        assertThat(complete(partition, completion("publisher", entry.sequence(), entry.sequence())))
            .isEqualTo(CompletionOutcome.PUBLISHED);
      }
    }
  }

  final CompletionOutcome complete(int partition, Completion completion) {
    return log.complete(partition, completion).toCompletableFuture().join();
  }

  static Set<Long> sequences(Claim claim) {
    return Set.copyOf(claim.entries().stream().map(DeliveredEntry::sequence).toList());
  }
}
