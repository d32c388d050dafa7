// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static icecube.v1.Reason.REASON_CRASH_LOOP;
import static icecube.v1.Reason.REASON_EVENT_ID_DUPLICATE;
import static icecube.v1.Reason.REASON_PREDICTION_INVALID;
import static icecube.v1.Reason.REASON_SENSOR_UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.stream.EventEntry;
import icecube.stream.EventLogException;
import icecube.stream.InMemoryEventLog;
import icecube.stream.OutcomePart;
import icecube.stream.PayloadEncoding;
import icecube.testkit.ForwardingEventLog;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventBatch;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What goes round again, what stays, and why. */
final class RedriveTest {
  private final InMemoryEventLog log = new InMemoryEventLog(2);

  private void bury(int partition, DeadLetter... letters) {
    long[] ids = List.of(letters).stream().mapToLong(DeadLetter::getEventId).toArray();
    Letters.bury(log, partition, Letters.entry(PayloadEncoding.PLAIN, ids), List.of(letters));
  }

  private Redrive redrive(RedriveChoice choice) throws InterruptedException {
    Redrive redrive = new Redrive(log, choice, false);
    redrive.run();
    return redrive;
  }

  private static RedriveChoice only(Reason reason) {
    return new RedriveChoice(Set.of(reason), Set.of(), OptionalInt.empty());
  }

  /** Ids of the events that wait in a partition, entry by entry. */
  private List<List<Long>> waiting(int partition) throws Exception {
    List<List<Long>> ids = new ArrayList<>();
    try (var reader = log.openReader(partition, "c")) {
      for (var entry : reader.readNew(100, Duration.ZERO)) {
        ids.add(EventBatch.parseFrom(entry.unpacked()).getEventIdList());
      }
    }
    return ids;
  }

  private List<Long> buried(int partition) throws Exception {
    List<Long> ids = new ArrayList<>();
    for (var entry : log.deadLetters(partition, "", 100)) {
      DeadLetterBatch.parseFrom(entry.payload())
          .getDeadLettersList()
          .forEach(letter -> ids.add(letter.getEventId()));
    }
    return ids;
  }

  @Test
  void everyLetterGoesRoundAsTheEventsItHas() throws Exception {
    bury(0, Letters.letter(REASON_PREDICTION_INVALID, 1), Letters.letter(REASON_SENSOR_UNKNOWN, 2));
    bury(1, Letters.letter(REASON_SENSOR_UNKNOWN, 3));

    var tally = redrive(RedriveChoice.ALL).tally();

    assertThat(waiting(0)).containsExactly(List.of(1L, 2L));
    assertThat(waiting(1)).containsExactly(List.of(3L));
    assertThat(tally.roundAgain())
        .containsEntry("SENSOR_UNKNOWN", 2L)
        .containsEntry("PREDICTION_INVALID", 1L);
    assertThat(log.account(0).deadLettered()).isZero();
    assertThat(log.account(0).inFlight()).isEqualTo(2);
  }

  @Test
  void aLetterIsSplitIntoWhatIsChosenAndWhatIsKept() throws Exception {
    bury(0, Letters.letter(REASON_PREDICTION_INVALID, 1), Letters.letter(REASON_SENSOR_UNKNOWN, 2));

    var tally = redrive(only(REASON_SENSOR_UNKNOWN)).tally();

    assertThat(waiting(0)).containsExactly(List.of(2L));
    assertThat(buried(0)).containsExactly(1L);
    assertThat(tally.toTable()).contains("PREDICTION_INVALID", "stayed: not chosen");
  }

  @Test
  void eventsAndAPartitionCanBeChosen() throws Exception {
    bury(0, Letters.letter(REASON_SENSOR_UNKNOWN, 1), Letters.letter(REASON_SENSOR_UNKNOWN, 2));
    bury(1, Letters.letter(REASON_SENSOR_UNKNOWN, 3));

    var redrive = redrive(new RedriveChoice(Set.of(), Set.of(2L, 3L, 9L), OptionalInt.of(0)));

    assertThat(waiting(0)).containsExactly(List.of(2L));
    assertThat(buried(0)).containsExactly(1L);
    assertThat(buried(1)).containsExactly(3L);
    assertThat(redrive.idsNotFound()).containsExactly(3L, 9L);
  }

  @Test
  void copiesOfAnEventNeverGoRound() throws Exception {
    bury(
        0,
        Letters.letter(REASON_EVENT_ID_DUPLICATE, 1),
        Letters.letter(REASON_PREDICTION_INVALID, 2));

    var tally = redrive(RedriveChoice.ALL).tally();

    assertThat(waiting(0)).containsExactly(List.of(2L));
    assertThat(buried(0)).containsExactly(1L);
    assertThat(tally.stayed().get("EVENT_ID_DUPLICATE"))
        .containsEntry(RedriveTally.Stayed.COPY, 1L);
  }

  @Test
  void copiesStayEvenIfTheyAreChosenByName() throws Exception {
    bury(0, Letters.letter(REASON_EVENT_ID_DUPLICATE, 1));

    assertThat(redrive(only(REASON_EVENT_ID_DUPLICATE)).tally().roundAgainCount()).isZero();
    assertThat(buried(0)).containsExactly(1L);
  }

  @Test
  void anEventThatKilledItsConsumersGoesAlone() throws Exception {
    bury(
        0,
        Letters.letter(REASON_SENSOR_UNKNOWN, 1),
        Letters.letter(REASON_CRASH_LOOP, 2),
        Letters.letter(REASON_SENSOR_UNKNOWN, 3));

    redrive(RedriveChoice.ALL);

    assertThat(waiting(0)).containsExactlyInAnyOrder(List.of(2L), List.of(1L, 3L));
  }

  @Test
  void anUnreadableEntryGoesRoundAsTheBytesItWas() throws Exception {
    EventEntry plain = Letters.entry(PayloadEncoding.PLAIN, 1, 11);
    EventEntry packed = Letters.entry(PayloadEncoding.ZSTD, 2, 12);
    Letters.bury(log, 0, plain, Letters.unreadable(plain));
    Letters.bury(log, 0, packed, Letters.unreadable(packed));

    var tally = redrive(RedriveChoice.ALL).tally();

    assertThat(tally.roundAgain()).containsEntry("ENTRY_UNREADABLE", 4L);
    assertThat(waiting(0)).containsExactly(List.of(1L, 11L), List.of(2L, 12L));
    assertThat(log.account(0).deadLettered()).isZero();
  }

  @Test
  void aLetterWithoutItsEventStays() throws Exception {
    bury(0, Letters.letter(REASON_SENSOR_UNKNOWN, 1).toBuilder().clearEvent().build());
    bury(
        0,
        Letters.letter(REASON_SENSOR_UNKNOWN, 2).toBuilder()
            .setEvent(Letters.letter(REASON_SENSOR_UNKNOWN, 3).getEvent())
            .build());

    var tally = redrive(RedriveChoice.ALL).tally();

    assertThat(tally.roundAgainCount()).isZero();
    assertThat(tally.stayed().get("SENSOR_UNKNOWN"))
        .containsEntry(RedriveTally.Stayed.WITHOUT_EVENT, 2L);
    assertThat(log.account(0).deadLettered()).isEqualTo(2);
  }

  @Test
  void aLetterThatCannotBeReadStays() throws Exception {
    Letters.append(log, 0, Letters.entry(PayloadEncoding.PLAIN, 1));
    try (var reader = log.openReader(0, "c")) {
      var held = reader.readNew(1, Duration.ZERO).get(0);
      var part = new OutcomePart(new byte[] {-1}, 1, held.digest());
      log.complete(0, new icecube.stream.Completion("c", held.id(), true, OutcomePart.NONE, part))
          .toCompletableFuture()
          .join();
    }

    assertThat(redrive(RedriveChoice.ALL).tally().toTable()).contains("cannot read");
    assertThat(log.account(0).deadLettered()).isEqualTo(1);
  }

  @Test
  void aDryRunChangesNothing() throws Exception {
    bury(0, Letters.letter(REASON_SENSOR_UNKNOWN, 1));
    Redrive dry = new Redrive(log, RedriveChoice.ALL, true);

    dry.run();

    assertThat(dry.tally().toTable()).contains("would go round again");
    assertThat(buried(0)).containsExactly(1L);
    assertThat(waiting(0)).isEmpty();
  }

  @Test
  void whatSomebodyElseSentRoundMeanwhileIsNotSentTwice() throws Exception {
    bury(0, Letters.letter(REASON_SENSOR_UNKNOWN, 1));
    var raced =
        new ForwardingEventLog(log) {
          @Override
          public boolean redrive(
              int partition, String id, List<EventEntry> entries, OutcomePart kept) {
            super.redrive(partition, id, entries, kept);
            return super.redrive(partition, id, entries, kept);
          }
        };
    Redrive redrive = new Redrive(raced, RedriveChoice.ALL, false);

    redrive.run();

    assertThat(redrive.tally().stayed().get("SENSOR_UNKNOWN"))
        .containsEntry(RedriveTally.Stayed.GONE, 1L);
    assertThat(waiting(0)).containsExactly(List.of(1L));
  }

  @Test
  void aRedriveThatBreaksInTheMiddleIsFinishedByTheNext() throws Exception {
    for (long id = 1; id <= 40; id++) {
      bury(0, Letters.letter(REASON_SENSOR_UNKNOWN, id));
    }
    var breaking =
        new ForwardingEventLog(log) {
          private int sent;

          @Override
          public boolean redrive(
              int partition, String id, List<EventEntry> entries, OutcomePart kept) {
            if (++sent == 20) {
              super.redrive(partition, id, entries, kept);
              throw new EventLogException("the reply is lost");
            }
            return super.redrive(partition, id, entries, kept);
          }
        };

    Redrive broken = new Redrive(breaking, RedriveChoice.ALL, false);
    assertThatThrownBy(broken::run).isInstanceOf(EventLogException.class);
    assertThat(broken.tally().roundAgainCount()).isEqualTo(19);
    assertThat(broken.tally().toTable()).contains("no answer came");
    var tally = redrive(RedriveChoice.ALL).tally();

    assertThat(tally.roundAgainCount()).isEqualTo(20);
    assertThat(waiting(0)).hasSize(40).doesNotHaveDuplicates();
    assertThat(log.account(0).inFlight()).isEqualTo(40);
  }

  @Test
  void lettersRefusedAnewMeanwhileDoNotGoRoundForEver() throws Exception {
    bury(0, Letters.letter(REASON_SENSOR_UNKNOWN, 1));
    var refusing =
        new ForwardingEventLog(log) {
          @Override
          public boolean redrive(
              int partition, String id, List<EventEntry> entries, OutcomePart kept) {
            boolean isSent = super.redrive(partition, id, entries, kept);
            bury(0, Letters.letter(REASON_SENSOR_UNKNOWN, 2));
            return isSent;
          }
        };
    Redrive redrive = new Redrive(refusing, RedriveChoice.ALL, false);

    redrive.run();

    assertThat(redrive.tally().roundAgainCount()).isEqualTo(1);
  }
}
