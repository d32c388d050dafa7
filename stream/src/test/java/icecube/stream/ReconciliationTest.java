// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.deadLetters;
import static icecube.stream.Entries.entry;
import static icecube.stream.Entries.predictions;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Reason;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The scan finds what counters that agree with each other would hide. */
final class ReconciliationTest extends ReconciliationFixture {
  @Test
  void emptyLogIsBalancedButNotFinished() {
    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.isBalanced()).isTrue();
    assertThat(reconciliation.isComplete()).isFalse();
  }

  @Test
  void eachEventOnceIsComplete() {
    emit(entry(1, 2), entry(3));
    finish();
    publish(completion("c", 1, new long[] {1}, new long[] {2}));
    publish(completion("c", 2, 3));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation)
        .isEqualTo(
            new Reconciliation(
                3, 2, 1, 0, 0, 0, 0, 0, List.of(), List.of(), List.of(), List.of(), true));
    assertThat(reconciliation.isComplete()).isTrue();
    assertThat(reconciliation.toTable())
        .isEqualToNormalizingNewlines(
            """
            emitted                      3
            predicted                    2
            dead-lettered                1
            in flight                    0
            duplicates                   0
            missing                      0
            balance               complete
            """);
  }

  @Test
  void eventsInFlightAreNotMissing() {
    emit(entry(1, 2), entry(3));
    publish(completion("c", 1, 1, 2));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.inFlight()).isEqualTo(1);
    assertThat(reconciliation.missing()).isZero();
    assertThat(reconciliation.isBalanced()).isTrue();
    assertThat(reconciliation.isComplete()).isFalse();
    assertThat(reconciliation.toTable()).contains("holds so far");
  }

  @Test
  void unfinishedPartitionIsNotComplete() {
    emit(entry(1));
    publish(completion("c", 1, 1));

    assertThat(Reconciliation.of(log).isBalanced()).isTrue();
    assertThat(Reconciliation.of(log).isComplete()).isFalse();
  }

  @Test
  void copyRefusedAtTheDoorIsNoDuplicate() {
    emit(entry(7, 7), entry(7));
    finish();
    publish(
        new Completion(
            "c",
            EntryId.of(1),
            false,
            predictions(7),
            deadLetters(Reason.REASON_EVENT_ID_DUPLICATE, 7)));
    publish(
        new Completion(
            "c",
            EntryId.of(2),
            false,
            OutcomePart.NONE,
            deadLetters(Reason.REASON_EVENT_ID_DUPLICATE, 7)));

    assertThat(Reconciliation.of(log).isComplete()).isTrue();
  }

  @Test
  void doubledPredictionIsNamedEvenInAnotherPartition() {
    emit(entry(1), entry(2));
    long epoch = log.openProducer(1, "source").epoch();
    log.append(1, epoch, 1, List.of(entry(3)), 9);
    publish(completion("c", 1, 1));
    publish(completion("c", 2, 2));
    read(1);
    log.complete(1, counted(1, predictions(2), 3)).toCompletableFuture().join();

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.duplicates()).isEqualTo(1);
    assertThat(reconciliation.duplicateIds()).containsExactly(2L);
    assertThat(reconciliation.missingIds()).containsExactly(3L);
  }

  @Test
  void eventBothPredictedAndDeadLetteredIsADuplicate() {
    emit(entry(1), entry(2));
    publish(completion("c", 1, 1));
    publish(
        new Completion(
            "c",
            EntryId.of(2),
            false,
            OutcomePart.NONE,
            new OutcomePart(
                deadLetters(Reason.REASON_EVENT_EMPTY, 1).payload(), 1, EventDigest.of(2))));

    assertThat(Reconciliation.of(log).duplicateIds()).containsExactly(1L);
  }

  @Test
  void unreadableEntryCountsAsManyEventsAsItHad() {
    emit(entry(1, 2, 3), entry(4));
    finish();
    var letter = DeadLetter.newBuilder().setReason(Reason.REASON_ENTRY_UNREADABLE);
    var batch = DeadLetterBatch.newBuilder();
    for (int event = 0; event < 3; event++) {
      batch.addDeadLetters(letter);
    }
    publish(
        new Completion(
            "c",
            EntryId.of(1),
            false,
            OutcomePart.NONE,
            new OutcomePart(batch.build().toByteArray(), 3, EventDigest.of(1, 2, 3))));
    publish(completion("c", 2, 4));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.deadLettered()).isEqualTo(3);
    assertThat(reconciliation.isComplete()).isTrue();
  }

  @Test
  void payloadThatIsNoBatchIsTold() {
    emit(entry(1));
    publish(
        new Completion(
            "c",
            EntryId.of(1),
            false,
            new OutcomePart(new byte[] {1, 2, 3}, 1, EventDigest.of(1)),
            OutcomePart.NONE));

    assertThat(Reconciliation.of(log).disagreements())
        .anyMatch(line -> line.contains("of predictions is unreadable"));
  }

  @Test
  void listsOfIdsAreBounded() {
    long[] ids = LongStream.rangeClosed(1, 150).toArray();
    emit(entry(ids), entry(ids));
    publish(completion("c", 1, ids));
    publish(completion("c", 2, ids));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.duplicates()).isEqualTo(150);
    assertThat(reconciliation.duplicateIds()).hasSize(Reconciliation.IDS_MAX);
    assertThat(reconciliation.toTable()).contains("100] and 50 more\n");
  }

  @Test
  void manyPagesAreReadToTheEnd() {
    int count = 1_000;
    long epoch = log.openProducer(0, "source").epoch();
    log.append(0, epoch, 1, Entries.entries(1, count), count);
    for (long sequence = 1; sequence <= count; sequence++) {
      publish(completion("c", sequence, sequence));
    }
    finish();

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.predicted()).isEqualTo(count);
    assertThat(reconciliation.isComplete()).isTrue();
  }
}
