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
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The scan finds what counters that agree with each other would hide. */
final class ReconciliationTest {
  private final EventLog log = new InMemoryEventLog(2);

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
  void lostPredictionIsNamed() {
    emit(entry(10, 11, 12));
    finish();
    publish(counted(1, predictions(10, 12), 10, 11, 12));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.missing()).isEqualTo(1);
    assertThat(reconciliation.missingIds()).containsExactly(11L);
    assertThat(reconciliation.isBalanced()).isFalse();
    assertThat(reconciliation.disagreements())
        .anyMatch(line -> line.contains("holds 2 events (expected: 3)"));
    assertThat(reconciliation.toTable()).contains("BROKEN").contains("missing ids: [11]");
  }

  @Test
  void lostPredictionIsNamedWhileOthersAreInFlight() {
    emit(entry(10, 11, 12), entry(13));
    publish(counted(1, predictions(10, 12), 10, 11, 12));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.inFlight()).isEqualTo(1);
    assertThat(reconciliation.missingIds()).containsExactly(11L);
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
  void predictionOfAnEventNobodyEmittedIsSeen() {
    emit(entry(1), entry(2));
    finish();
    publish(completion("c", 1, 1));
    publish(counted(2, predictions(99), 2));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.duplicates()).isZero();
    assertThat(reconciliation.missing()).isZero();
    assertThat(reconciliation.isBalanced()).isFalse();
    assertThat(reconciliation.disagreements())
        .contains("partition 0: as many events as were emitted, but not the same");
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
  void manyMissingIdsAreNamedOneForEachEntryThatLacksOne() {
    emit(entry(1, 2), entry(3, 4), entry(5, 6));
    finish();
    publish(counted(1, predictions(1), 1, 2));
    publish(counted(2, predictions(4), 3, 4));
    publish(completion("c", 3, 5, 6));

    var reconciliation = Reconciliation.of(log);

    assertThat(reconciliation.missing()).isEqualTo(2);
    assertThat(reconciliation.missingIds()).containsExactly(2L, 3L);
  }

  @Test
  void sourceNamesWhatTheDigestsCannot() {
    emit(entry(1, 2, 3), entry(4));
    finish();
    publish(counted(1, predictions(2), 1, 2, 3));
    publish(counted(2, predictions(77), 4));

    var reconciliation = Reconciliation.of(log, source(1, 2, 3, 4));

    assertThat(reconciliation.missingIds()).containsExactly(1L, 3L, 4L);
    assertThat(reconciliation.missing()).isEqualTo(3);
    assertThat(reconciliation.foreign()).isEqualTo(1);
    assertThat(reconciliation.foreignIds()).containsExactly(77L);
    assertThat(reconciliation.toTable())
        .contains("foreign                      1")
        .contains("foreign ids: [77]");
  }

  @Test
  void sourceNamesNothingMissingWhileEventsAreInFlight() {
    emit(entry(1), entry(2));
    publish(completion("c", 1, 1));

    var reconciliation = Reconciliation.of(log, source(1, 2));

    assertThat(reconciliation.isBalanced()).isTrue();
    assertThat(reconciliation.missingIds()).isEmpty();
    assertThat(Reconciliation.of(log, source(2)).foreignIds()).containsExactly(1L);
  }

  @Test
  void sourceMayHaveAnIdTwice() {
    emit(entry(7, 7));
    finish();
    publish(
        new Completion(
            "c",
            EntryId.of(1),
            false,
            predictions(7),
            deadLetters(Reason.REASON_EVENT_ID_DUPLICATE, 7)));

    assertThat(Reconciliation.of(log, source(7, 7)).isComplete()).isTrue();
  }

  @Test
  void doorAndConsumerMayBothDeadLetterEventsOfOneEntry() {
    var refused = deadLetters(Reason.REASON_EVENT_EMPTY, 1);
    emit(Entries.entryOf(List.of(2L, 3L), refused));
    finish();
    publish(completion("c", 1, new long[] {2}, new long[] {3}));

    var reconciliation = Reconciliation.of(log, source(1, 2, 3));

    assertThat(reconciliation.deadLettered()).isEqualTo(2);
    assertThat(reconciliation.isComplete()).isTrue();
  }

  @Test
  void doorThatSpokeTwiceIsADouble() {
    var refused = deadLetters(Reason.REASON_EVENT_ID_DUPLICATE, 1);
    emit(Entries.entryOf(List.of(2L), refused));
    finish();
    publish(completion("c", 1, 2));
    ((InMemoryEventLog) log)
        .partition(0)
        .look(
            state -> {
              state.deadLetters.add(EntryId.of(1), "", refused, 0);
              return true;
            });

    assertThat(Reconciliation.of(log).duplicateIds()).containsExactly(1L);
  }

  @Test
  void removalWhileItIsReadMakesItReadAgain() {
    emit(entry(1), entry(2));
    finish();
    publish(completion("c", 1, new long[0], new long[] {1}));
    publish(completion("c", 2, new long[0], new long[] {2}));
    var letter = log.deadLetters(0, "", 1).get(0);
    var moving =
        beforeReading(() -> log.redrive(0, letter.id(), List.of(entry(1)), OutcomePart.NONE));

    var reconciliation = Reconciliation.of(moving);

    assertThat(reconciliation.disagreements()).isEmpty();
    assertThat(reconciliation.deadLettered()).isEqualTo(1);
    assertThat(reconciliation.inFlight()).isEqualTo(1);
    assertThat(reconciliation.isBalanced()).isTrue();
  }

  /** The log, with something done to it each time before dead letters are read. */
  private EventLog beforeReading(Runnable action) {
    return (EventLog)
        Proxy.newProxyInstance(
            EventLog.class.getClassLoader(),
            new Class<?>[] {EventLog.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("deadLetters")) {
                action.run();
              }
              return method.invoke(log, arguments);
            });
  }

  private static Optional<Supplier<LongStream>> source(long... ids) {
    return Optional.of(() -> LongStream.of(ids));
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

  private void emit(EventEntry... entries) {
    long epoch = log.openProducer(0, "source").epoch();
    log.append(0, epoch, 1, List.of(entries), 9);
  }

  private void finish() {
    for (int partition = 0; partition < 2; partition++) {
      long epoch = log.openProducer(partition, "source").epoch();
      log.finishProducer(partition, epoch, log.account(partition).lastSequence());
    }
  }

  private void read(int partition) {
    try (var reader = log.openReader(partition, "c")) {
      reader.readNew(10_000, Duration.ZERO);
    }
  }

  private void publish(Completion completion) {
    read(0);
    assertThat(log.complete(0, completion).toCompletableFuture().join())
        .isEqualTo(CompletionOutcome.PUBLISHED);
  }

  /** A completion that counts these events, whatever it holds. */
  private static Completion counted(long sequence, OutcomePart held, long... counted) {
    return new Completion(
        "c",
        EntryId.of(sequence),
        false,
        new OutcomePart(held.payload(), counted.length, EventDigest.of(counted)),
        OutcomePart.NONE);
  }
}
