// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static icecube.stream.Entries.entry;
import static icecube.stream.Entries.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import icecube.physics.DetectorGeometry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a consumer may rely on while nobody fails. */
abstract class PublicationContract extends ProducerContract {
  @Test
  void entryGoesToOneReaderOnly() {
    append(0, 3);
    try (var first = log.openReader(0, "c1");
        var second = log.openReader(0, "c2")) {
      assertThat(first.readNew(2, Duration.ZERO)).hasSize(2);
      assertThat(second.readNew(2, Duration.ZERO))
          .extracting(DeliveredEntry::id)
          .containsExactlyElementsOf(ids(3));
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
      assertThat(reader.readHeld(EntryId.START, 1))
          .extracting(DeliveredEntry::id)
          .containsExactlyElementsOf(ids(1));
      assertThat(reader.readHeld(EntryId.of(1), 9))
          .extracting(DeliveredEntry::id)
          .containsExactlyElementsOf(ids(3));
      assertThat(reader.readHeld(EntryId.of(3), 9)).isEmpty();
      assertThat(other.readHeld(EntryId.START, 9)).isEmpty();
    }
  }

  @Test
  void readerMayComeBeforeTheProducer() {
    try (var reader = log.openReader(0, "c")) {
      assertThat(reader.readHeld(EntryId.START, 9)).isEmpty();
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
    assertThat(published.get(0).source()).isEqualTo(EntryId.of(1));
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

    assertThat(first).extracting(PublishedEntry::source).containsExactlyElementsOf(ids(1, 2));
    assertThat(rest).extracting(PublishedEntry::source).containsExactlyElementsOf(ids(3, 4, 5));
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
    assertThat(log.renew(1, "c", ids(1))).isEmpty();
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
      assertThatIllegalArgumentException().isThrownBy(() -> reader.readHeld(EntryId.START, 0));
    }
  }

  @Test
  void healthyLogAnswers() {
    log.check();
    assertThat(log.partitionCount()).isEqualTo(2);
  }
}
