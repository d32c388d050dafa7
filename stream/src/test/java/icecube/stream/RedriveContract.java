// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.deadLetters;
import static icecube.stream.Entries.entry;
import static icecube.v1.Reason.REASON_EVENT_EMPTY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Dead letters sent round again. */
abstract class RedriveContract extends RoundAgainContract {
  @Test
  void deadLetterGoesRoundAgainOnce() {
    var letter = deadLetter(1, 2, 3);

    assertThat(log.redrive(0, letter.id(), List.of(entry(1, 3), entry(2)), OutcomePart.NONE))
        .isTrue();
    assertThat(log.redrive(0, letter.id(), List.of(entry(1, 3), entry(2)), OutcomePart.NONE))
        .isFalse();

    var account = log.account(0);
    assertThat(account.emitted()).isEqualTo(3);
    assertThat(account.deadLettered()).isZero();
    assertThat(account.deadLetteredDigest()).isEqualTo(EventDigest.ZERO);
    assertThat(account.inFlight()).isEqualTo(3);
    assertThat(account.redriven()).isEqualTo(3);
    assertThat(account.isComplete()).isFalse();
    assertThat(log.deadLetters(0, "", 9)).isEmpty();
    assertThat(read("c", 9)).extracting(DeliveredEntry::eventCount).containsExactly(2, 1);
    complete(0, completion("c", new EntryId(1, 1), 1, 3));
    complete(0, completion("c", new EntryId(1, 2), 2));
    assertThat(log.account(0).isComplete()).isTrue();
    assertThat(Reconciliation.of(log).isBalanced()).isTrue();
  }

  @Test
  void whatIsKeptStaysDeadLettered() {
    var letter = deadLetter(1, 2, 3);

    assertThat(
            log.redrive(0, letter.id(), List.of(entry(2)), deadLetters(REASON_EVENT_EMPTY, 1, 3)))
        .isTrue();

    var kept = log.deadLetters(0, "", 9);
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).source()).isEqualTo(letter.source());
    assertThat(kept.get(0).consumer()).isEqualTo(letter.consumer());
    assertThat(kept.get(0).id()).isNotEqualTo(letter.id());
    assertThat(log.account(0).deadLettered()).isEqualTo(2);
    assertThat(log.account(0).deadLetteredDigest()).isEqualTo(EventDigest.of(1, 3));
    assertThat(Reconciliation.of(log).isBalanced()).isTrue();
  }

  @Test
  void redriveNeitherMakesNorLosesAnEvent() {
    var letter = deadLetter(1, 2);
    var before = log.account(0);

    for (var entries : List.of(List.of(entry(1)), List.of(entry(1, 3)), List.of(entry(1, 2, 2)))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> log.redrive(0, letter.id(), entries, OutcomePart.NONE))
          .withMessageContaining(letter.id());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> log.redrive(0, letter.id(), List.of(), OutcomePart.NONE));
    assertThat(log.account(0)).isEqualTo(before);
    assertThat(log.redrive(0, "99999999999999-0", List.of(entry(1)), OutcomePart.NONE)).isFalse();
    assertThat(log.redrive(1, letter.id(), List.of(entry(1, 2)), OutcomePart.NONE)).isFalse();
  }

  @Test
  void rollBackUndoesARedriveWhole() {
    var letter = deadLetter(1, 2);
    var rollBack = rollBackLater(0);
    var before = log.account(0);
    log.redrive(0, letter.id(), List.of(entry(1, 2)), OutcomePart.NONE);

    rollBack.run();

    assertThat(log.account(0)).isEqualTo(before);
    assertThat(log.redrive(0, letter.id(), List.of(entry(1, 2)), OutcomePart.NONE)).isTrue();
  }

  /** The letter of one entry of which all was refused by a consumer. */
  private PublishedEntry deadLetter(long... eventIds) {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(entry(eventIds)), BACKLOG_MAX);
    log.finishProducer(0, epoch, 1);
    read("c", 1);
    complete(0, completion("c", FIRST, new long[0], eventIds));
    return log.deadLetters(0, "", 1).get(0);
  }
}
