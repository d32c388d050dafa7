// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.DUPLICATE;
import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.deadLetters;
import static icecube.stream.Entries.entry;
import static icecube.stream.Entries.predictions;
import static icecube.v1.Reason.REASON_EVENT_EMPTY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events refused at the door, and entries completed in part. */
abstract class RoundAgainContract extends LeaseContract {
  static final EntryId FIRST = EntryId.of(1);

  @Test
  void whatIsRefusedAtTheDoorIsDeadLetteredInTheSameStep() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    var refusing = refusing(entry(1, 2), 3);

    assertThat(log.append(0, epoch, 1, List.of(refusing, entry(4)), BACKLOG_MAX))
        .isEqualTo(new AppendResult(OK, 2));
    assertThat(log.append(0, epoch, 1, List.of(refusing), BACKLOG_MAX).status())
        .isEqualTo(DUPLICATE);

    var account = log.account(0);
    assertThat(account.emitted()).isEqualTo(4);
    assertThat(account.emittedDigest()).isEqualTo(EventDigest.of(1, 2, 3, 4));
    assertThat(account.deadLettered()).isEqualTo(1);
    assertThat(account.deadLetteredDigest()).isEqualTo(EventDigest.of(3));
    assertThat(account.inFlight()).isEqualTo(3);
    var letter = log.deadLetters(0, "", 9).get(0);
    assertThat(letter.source()).isEqualTo(FIRST);
    assertThat(letter.isFromDoor()).isTrue();
    assertThat(letter.eventCount()).isEqualTo(1);
    assertThat(letter.digest()).isEqualTo(EventDigest.of(3));
  }

  @Test
  void appendThatOverlapsRefusesNothingTwice() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(refusing(entry(1), 2)), BACKLOG_MAX);

    var again = List.of(refusing(entry(1), 2), refusing(entry(3), 4, 5));
    assertThat(log.append(0, epoch, 1, again, BACKLOG_MAX)).isEqualTo(new AppendResult(OK, 2));

    assertThat(log.account(0).emitted()).isEqualTo(5);
    assertThat(log.account(0).deadLettered()).isEqualTo(3);
    assertThat(log.account(0).emittedDigest()).isEqualTo(EventDigest.of(1, 2, 3, 4, 5));
    assertThat(log.deadLetters(0, "", 9)).hasSize(2);
  }

  @Test
  void entryOfWhichAllIsRefusedKeepsItsSequenceAndIsCompletedEmpty() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    var none =
        new EventEntry(
            new byte[0],
            0,
            EventDigest.ZERO,
            PayloadEncoding.PLAIN,
            deadLetters(REASON_EVENT_EMPTY, 1, 2));
    log.append(0, epoch, 1, List.of(none), BACKLOG_MAX);
    log.finishProducer(0, epoch, 1);

    var delivered = read("c", 9).get(0);
    assertThat(delivered.eventCount()).isZero();
    assertThat(complete(0, completion("c", FIRST))).isEqualTo(CompletionOutcome.PUBLISHED);

    assertThat(log.account(0).isComplete()).isTrue();
    assertThat(log.account(0).deadLettered()).isEqualTo(2);
    assertThat(log.predictions(0, "", 9)).isEmpty();
  }

  @Test
  void entryCompletedInPartLeavesTheRestAsNewEntries() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(entry(1, 2, 3), entry(4)), BACKLOG_MAX);
    log.finishProducer(0, epoch, 2);
    read("c", 9);

    var inPart = inPart("c", FIRST, predictions(2), entry(1), entry(3));
    assertThat(complete(0, inPart)).isEqualTo(CompletionOutcome.PUBLISHED);
    assertThat(complete(0, inPart)).isEqualTo(CompletionOutcome.STALE);

    var account = log.account(0);
    assertThat(account.emitted()).isEqualTo(4);
    assertThat(account.predicted()).isEqualTo(1);
    assertThat(account.backlog()).isEqualTo(3);
    assertThat(account.pending()).isEqualTo(1);
    assertThat(account.lastSequence()).isEqualTo(2);
    var rest = read("d", 9);
    assertThat(rest)
        .extracting(DeliveredEntry::id)
        .containsExactly(new EntryId(2, 1), new EntryId(2, 2));
    assertThat(rest.get(1).payload()).isEqualTo(entry(3).payload());
    complete(0, completion("d", new EntryId(2, 1), 1));
    complete(0, completion("d", new EntryId(2, 2), 3));
    complete(0, completion("c", EntryId.of(2), 4));
    assertThat(log.account(0).isComplete()).isTrue();
    assertThat(log.predictions(0, "", 9))
        .extracting(PublishedEntry::source)
        .containsExactly(FIRST, new EntryId(2, 1), new EntryId(2, 2), EntryId.of(2));
  }

  @Test
  void producerGoesOnAtItsOwnMarkAfterParts() {
    append(0, 1);
    read("c", 1);
    complete(0, inPart("c", FIRST, OutcomePart.NONE, entry(1)));

    var mark = log.openProducer(0, SOURCE);
    assertThat(mark.lastSequence()).isEqualTo(1);
    assertThat(log.append(0, mark.epoch(), 1, List.of(entry(1)), BACKLOG_MAX))
        .isEqualTo(new AppendResult(DUPLICATE, 1));
    assertThat(log.append(0, mark.epoch(), 2, List.of(entry(2)), BACKLOG_MAX))
        .isEqualTo(new AppendResult(OK, 2));

    assertThat(read("c", 9))
        .extracting(DeliveredEntry::id)
        .containsExactly(new EntryId(1, 1), EntryId.of(2));
  }

  @Test
  void partWhoseIdWasGivenToOtherEventsIsNotCompletedByTheFirst() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(entry(1, 2), entry(3, 4)), BACKLOG_MAX);
    read("c", 9);
    var rollBack = rollBackLater(0);
    complete(0, inPart("c", FIRST, predictions(1), entry(2)));
    assertThat(read("c", 9)).extracting(DeliveredEntry::id).containsExactly(new EntryId(2, 1));
    rollBack.run();
    complete(0, inPart("c", EntryId.of(2), predictions(3), entry(4)));
    assertThat(read("d", 9)).extracting(DeliveredEntry::id).containsExactly(new EntryId(2, 1));

    var late = completion("c", new EntryId(2, 1), 2);
    assertThat(complete(0, late)).isEqualTo(CompletionOutcome.STALE);
    assertThat(complete(0, inPart("c", new EntryId(2, 1), OutcomePart.NONE, entry(2))))
        .isEqualTo(CompletionOutcome.STALE);

    assertThat(complete(0, completion("d", new EntryId(2, 1), 4)))
        .isEqualTo(CompletionOutcome.PUBLISHED);
    complete(0, completion("c", FIRST, 1, 2));
    log.finishProducer(0, epoch, 2);
    assertThat(log.account(0).isComplete()).isTrue();
  }

  @Test
  void partsAreHeldRenewedHandedBackAndClaimedAsAnyEntry() {
    append(0, 1);
    read("c", 1);
    complete(0, inPart("c", FIRST, OutcomePart.NONE, entry(1)));
    var part = new EntryId(1, 1);
    read("c", 1);

    assertThat(log.renew(0, "c", List.of(FIRST, part))).containsExactly(part);
    try (var reader = log.openReader(0, "c")) {
      assertThat(reader.readHeld(FIRST, 9)).extracting(DeliveredEntry::id).containsExactly(part);
      assertThat(reader.readHeld(part, 9)).isEmpty();
    }
    assertThat(log.release(0, "c", List.of(part))).containsExactly(part);
    var claim = log.claim(0, "d", ClaimSettings.DEFAULT, false);
    assertThat(claim.entries()).extracting(DeliveredEntry::id).containsExactly(part);
  }

  @Test
  void partIsSuspectedFromItsSecondDeliveryOn() {
    append(0, 2);
    read("c", 2);
    complete(0, inPart("c", FIRST, OutcomePart.NONE, entry(1)));
    read("c", 1);
    var many = new ClaimSettings(LEASE, 9, 5, 2);

    pass(LEASE);
    assertThat(log.claim(0, "d", many, false).entries()).hasSize(2);
    pass(LEASE);
    var claim = log.claim(0, "e", many, false);

    assertThat(claim.suspectCount()).isEqualTo(1);
    assertThat(claim.entries()).extracting(DeliveredEntry::id).containsExactly(EntryId.of(2));
    assertThat(log.claim(0, "e", many, true).entries())
        .extracting(DeliveredEntry::id)
        .containsExactly(new EntryId(2, 1));
  }

  @Test
  void rollBackTakesPartsAwayWithWhatTheyCameFrom() {
    append(0, 1);
    read("c", 1);
    var rollBack = rollBackLater(0);
    complete(0, inPart("c", FIRST, OutcomePart.NONE, entry(1)));

    rollBack.run();

    assertThat(complete(0, completion("c", new EntryId(1, 1), 1)))
        .isEqualTo(CompletionOutcome.STALE);
    assertThat(complete(0, completion("c", FIRST, 1))).isEqualTo(CompletionOutcome.PUBLISHED);
    assertThat(log.account(0).inFlight()).isZero();
  }

  @Test
  void packedEntriesStayPackedOnEveryWay() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(packed(entry(1, 2))), BACKLOG_MAX);

    assertThat(read("c", 1).get(0).unpacked()).isEqualTo(entry(1, 2).payload());
    complete(0, inPart("c", FIRST, predictions(1), packed(entry(2))));
    var rest = read("c", 1).get(0);
    assertThat(rest.encoding()).isEqualTo(PayloadEncoding.ZSTD);
    assertThat(rest.unpacked()).isEqualTo(entry(2).payload());
    log.release(0, "c", List.of(rest.id()));
    var claimed = log.claim(0, "d", ClaimSettings.DEFAULT, false).entries().get(0);
    assertThat(claimed.unpacked()).isEqualTo(entry(2).payload());
  }

  @Test
  void onlyWholeEntriesGoRoundInside() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> inPart("c", FIRST, OutcomePart.NONE, refusing(entry(1), 2)))
        .withMessageContaining("remainders");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.redrive(0, "1-0", List.of(refusing(entry(1), 2)), OutcomePart.NONE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EventEntry(new byte[0], 0, EventDigest.ZERO));
  }

  final List<DeliveredEntry> read(String consumer, int countMax) {
    try (var reader = log.openReader(0, consumer)) {
      return reader.readNew(countMax, Duration.ZERO);
    }
  }

  static EventEntry refusing(EventEntry entry, long... eventIds) {
    return new EventEntry(
        entry.payload(),
        entry.eventCount(),
        entry.digest(),
        entry.encoding(),
        deadLetters(REASON_EVENT_EMPTY, eventIds));
  }

  private static EventEntry packed(EventEntry entry) {
    return new EventEntry(
        PayloadEncoding.ZSTD.pack(entry.payload()),
        entry.eventCount(),
        entry.digest(),
        PayloadEncoding.ZSTD,
        OutcomePart.NONE);
  }

  private static Completion inPart(
      String consumer, EntryId id, OutcomePart predictions, EventEntry... remainders) {
    return new Completion(consumer, id, false, predictions, OutcomePart.NONE, List.of(remainders));
  }
}
