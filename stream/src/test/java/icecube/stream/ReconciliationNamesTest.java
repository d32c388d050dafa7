// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.deadLetters;
import static icecube.stream.Entries.entry;
import static icecube.stream.Entries.predictions;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.Reason;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which events are missing, doubled or foreign, by name. */
final class ReconciliationNamesTest extends ReconciliationFixture {
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
  void logThatIsNeverStillIsNotReadForEver() {
    long epoch = log.openProducer(0, "source").epoch();
    log.append(0, epoch, 1, Entries.entries(1, 20), 20);
    for (long id = 1; id <= 20; id++) {
      publish(completion("c", EntryId.of(id), new long[0], new long[] {id}));
    }
    var restless =
        beforeReading(
            () -> {
              var letter = log.deadLetters(0, "", 1).get(0);
              long id = letter.source().sequence();
              log.redrive(0, letter.id(), List.of(entry(id)), OutcomePart.NONE);
            });

    assertThat(Reconciliation.of(restless).disagreements())
        .anyMatch(line -> line.contains("sent round again while it was read, 5 times"));
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
}
