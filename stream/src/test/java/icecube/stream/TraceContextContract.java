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

import java.util.List;
import org.junit.jupiter.api.Test;

/** The trace of an entry, which goes with it wherever it goes. */
abstract class TraceContextContract extends UpkeepContract {
  private static final String SENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String SENT_AGAIN =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void traceIsKeptBesideEachEntryThatHasOne() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    var entries =
        List.of(entry(1), entry(2).withTraceparent(SENT), refusing(entry(3), 4), traced(entry(5)));

    assertThat(log.append(0, epoch, 1, entries, BACKLOG_MAX)).isEqualTo(new AppendResult(OK, 4));

    assertThat(read("c", 9))
        .extracting(DeliveredEntry::traceparent)
        .containsExactly("", SENT, "", SENT_AGAIN);
  }

  @Test
  void traceIsStillThereWhenTheEntryIsHeldOrClaimed() {
    appendTraced(entry(1));
    read("c1", 1);

    try (var reader = log.openReader(0, "c1")) {
      assertThat(reader.readHeld(EntryId.START, 9).get(0).traceparent()).isEqualTo(SENT);
    }
    assertThat(log.release(0, "c1", List.of(FIRST))).containsExactly(FIRST);
    var claimed = log.claim(0, "c2", ClaimSettings.DEFAULT, false).entries();
    assertThat(claimed).extracting(DeliveredEntry::traceparent).containsExactly(SENT);
  }

  @Test
  void traceOfAnEntryThatNobodyCanReadIsKept() {
    appendTraced(new EventEntry(new byte[] {1, 2, 3}, 1, EventDigest.of(1)));

    assertThat(read("c", 1).get(0).traceparent()).isEqualTo(SENT);
  }

  @Test
  void appendRepeatedUnderAnotherTraceChangesNothing() {
    appendTraced(entry(1));
    long epoch = log.openProducer(0, SOURCE).epoch();

    assertThat(log.append(0, epoch, 1, List.of(traced(entry(1))), BACKLOG_MAX).status())
        .isEqualTo(DUPLICATE);
    var overlapping = List.of(traced(refusing(entry(1), 9)), traced(entry(2)), entry(3));
    assertThat(log.append(0, epoch, 1, overlapping, BACKLOG_MAX))
        .isEqualTo(new AppendResult(OK, 3));

    assertThat(read("c", 9))
        .extracting(DeliveredEntry::traceparent)
        .containsExactly(SENT, SENT_AGAIN, "");
  }

  @Test
  void remaindersGoOnInTheTraceOfTheirEntry() {
    appendTraced(entry(1, 2, 3));
    read("c", 1);

    complete(
        0,
        new Completion(
            "c", FIRST, false, predictions(1), OutcomePart.NONE, List.of(entry(2), entry(3))));

    var again = read("c", 9);
    assertThat(again).extracting(DeliveredEntry::traceparent).containsExactly(SENT, SENT);
    // And of the part, too, whose own remainder is a part of the same trace.
    var rest =
        new Completion(
            "c", new EntryId(1, 1), false, predictions(), predictions(), List.of(entry(2)));
    assertThat(complete(0, rest)).isEqualTo(CompletionOutcome.PUBLISHED);
    assertThat(read("c", 9)).extracting(DeliveredEntry::traceparent).containsExactly(SENT);
  }

  @Test
  void remaindersOfAnEntryWithoutATraceHaveNone() {
    append(0, 1);
    read("c", 1);

    complete(
        0,
        new Completion("c", FIRST, false, OutcomePart.NONE, OutcomePart.NONE, List.of(entry(1))));

    assertThat(read("c", 9)).extracting(DeliveredEntry::traceparent).containsExactly("");
  }

  @Test
  void whatIsSentRoundAgainGoesOnInTheTraceItIsGiven() {
    appendTraced(entry(1, 2, 3));
    read("c", 1);
    complete(0, completion("c", FIRST, new long[0], new long[] {1, 2, 3}));
    var letter = log.deadLetters(0, "", 1).get(0);

    var again = List.of(traced(entry(1)), traced(entry(3)));
    assertThat(log.redrive(0, letter.id(), again, deadLetters(REASON_EVENT_EMPTY, 2))).isTrue();

    assertThat(read("c", 9))
        .extracting(DeliveredEntry::traceparent)
        .containsExactly(SENT_AGAIN, SENT_AGAIN);
    assertThat(log.account(0).redriven()).isEqualTo(2);
    assertThat(Reconciliation.of(log).isBalanced()).isTrue();
  }

  @Test
  void tracesThatCannotBeAreRefusedBeforeTheyReachTheLog() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> entry(1).withTraceparent("00-1"))
        .withMessage("traceparent: 4 characters (expected: 55, or none)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Completion(
                    "c", FIRST, false, predictions(), predictions(), List.of(traced(entry(1)))))
        .withMessageStartingWith("remainders: traceparent " + SENT_AGAIN);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> log.redrive(0, "1-0", List.of(traced(entry(1)), entry(2)), OutcomePart.NONE))
        .withMessageStartingWith("entries: of several traces");
  }

  private void appendTraced(EventEntry entry) {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(entry.withTraceparent(SENT)), BACKLOG_MAX);
  }

  private static EventEntry traced(EventEntry entry) {
    return entry.withTraceparent(SENT_AGAIN);
  }
}
