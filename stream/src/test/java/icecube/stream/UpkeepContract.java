// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entry;
import static icecube.stream.Entries.predictions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import icecube.stream.PartitionInspection.ConsumerInspection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Membership, trimming and what a person sees. */
abstract class UpkeepContract extends RedriveContract {
  private static final Duration LEASE = Duration.ofMillis(40);
  private static final Duration LEASE_LONG = Duration.ofHours(1);

  @Test
  void consumersThatMeetKnowEachOther() {
    assertThat(log.meet("b", LEASE_LONG)).containsExactly("b");
    assertThat(log.meet("a", LEASE_LONG)).containsExactly("a", "b");
    assertThat(log.meet("b", LEASE_LONG)).containsExactly("a", "b");

    log.depart("a");
    log.depart("a");

    assertThat(log.meet("c", LEASE_LONG)).containsExactly("b", "c");
  }

  @Test
  void consumerThatDoesNotMeetAgainIsForgotten() {
    log.meet("stays", LEASE_LONG);
    log.meet("goes", LEASE);
    pass(LEASE);

    assertThat(log.meet("stays", LEASE_LONG)).containsExactly("stays");
    assertThatIllegalArgumentException().isThrownBy(() -> log.meet("c", Duration.ZERO));
  }

  @Test
  void nothingIsTrimmedThatAGroupHasNotAcknowledged() {
    append(0, 6);
    publish(0, 6);
    assertThat(log.trim(0, 9)).isZero();

    var first = deliver("first", 4);
    assertThat(log.trim(0, 9)).isZero();
    acknowledge("first", first.get(0));
    acknowledge("first", first.get(2));
    assertThat(log.trim(0, 9)).isEqualTo(1);

    acknowledge("first", first.get(1));
    acknowledge("first", first.get(3));
    var second = deliver("second", 2);
    assertThat(log.trim(0, 9)).isZero();
    second.forEach(entry -> acknowledge("second", entry));
    assertThat(log.trim(0, 1)).isEqualTo(1);
    assertThat(log.trim(0, 9)).isEqualTo(1);

    assertThat(log.predictions(0, "", 9))
        .extracting(PublishedEntry::source)
        .containsExactlyElementsOf(Entries.ids(4, 5, 6));
  }

  @Test
  void whatWasTrimmedStaysInTheBalance() {
    append(0, 3);
    publish(0, 3);
    for (int partition = 0; partition < 2; partition++) {
      long epoch = log.openProducer(partition, SOURCE).epoch();
      log.finishProducer(partition, epoch, log.account(partition).lastSequence());
    }
    deliver("sink", 2).forEach(entry -> acknowledge("sink", entry));

    log.trim(0, 9);

    var account = log.account(0);
    assertThat(account.predicted()).isEqualTo(3);
    assertThat(account.predictionEntryCount()).isEqualTo(1);
    assertThat(account.predictedTrimmed()).isEqualTo(new Tally(2, EventDigest.of(1, 2)));
    assertThat(account.deadLetteredTrimmed()).isEqualTo(Tally.ZERO);
    var reconciliation = Reconciliation.of(log);
    assertThat(reconciliation.isComplete()).isTrue();
    assertThat(reconciliation.predicted()).isEqualTo(3);
    assertThat(reconciliation.trimmed()).isEqualTo(2);
    assertThat(reconciliation.toTable()).contains("  trimmed                    2");
  }

  @Test
  void inspectionOfAnEmptyPartitionHasNothingToShow() {
    log.openProducer(0, SOURCE);

    var inspection = log.inspect(0);

    assertThat(inspection.events().entryCount()).isZero();
    assertThat(inspection.events().oldestAge()).isEmpty();
    assertThat(inspection.events().groups()).hasSize(1);
    assertThat(inspection.events().groups().get(0).lag()).isZero();
    assertThat(inspection.predictions().groups()).isEmpty();
    assertThat(inspection.deadLetters().entryCount()).isZero();
  }

  @Test
  void inspectionShowsWhoHoldsWhatAndForHowLong() {
    append(0, 5);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(3, Duration.ZERO);
    }
    complete(0, completion("c", 1, 1));
    pass(LEASE);
    log.claim(0, "d", new ClaimSettings(LEASE, 1, 9, 2), false);

    var events = log.inspect(0).events();

    assertThat(events.entryCount()).isEqualTo(4);
    assertThat(events.oldestAge().orElseThrow()).isGreaterThanOrEqualTo(LEASE);
    var group = events.groups().get(0);
    assertThat(group.name()).isEqualTo("consumers");
    assertThat(group.lastDeliveredId()).isEqualTo("3-0");
    assertThat(group.pending()).isEqualTo(2);
    assertThat(group.lag()).isEqualTo(2);
    assertThat(group.isLagAtLeast()).isFalse();
    assertThat(group.pendingIdleMax().orElseThrow()).isGreaterThanOrEqualTo(LEASE);
    assertThat(group.deliveriesMax()).isEqualTo(2);
    assertThat(group.consumers())
        .extracting(ConsumerInspection::name)
        .containsExactlyInAnyOrder("c", "d");
    assertThat(group.consumers()).extracting(ConsumerInspection::pending).containsOnly(1L);
  }

  @Test
  void glanceTellsTheAgeOfTheOldestEntryNotYetPublished() {
    assertThat(log.glance(0).oldestAge()).isEmpty();
    append(0, 2);
    pass(LEASE);

    var age = log.glance(0).oldestAge().orElseThrow();
    publish(0, 2);

    assertThat(age).isGreaterThanOrEqualTo(LEASE);
    assertThat(log.glance(0).oldestAge()).isEmpty();
    assertThat(log.glance(1).oldestAge()).isEmpty();
    assertThat(log.glance(0).memoryMaxBytes()).isEqualTo(log.inspect(0).memoryMaxBytes());
    assertThat(log.glance(0).memoryUsedBytes().isPresent())
        .isEqualTo(log.inspect(0).memoryUsedBytes().isPresent());
    assertThatIllegalArgumentException().isThrownBy(() -> log.glance(-1));
  }

  @Test
  void remainderIsAsOldAsTheEntryItCameFrom() {
    append(0, 1);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(1, Duration.ZERO);
    }
    pass(LEASE);
    complete(
        0,
        new Completion(
            "c", EntryId.of(1), false, OutcomePart.NONE, OutcomePart.NONE, List.of(entry(1))));

    assertThat(log.inspect(0).events().oldestAge().orElseThrow()).isGreaterThanOrEqualTo(LEASE);
  }

  @Test
  void lagOfASinkIsKnownAlsoAfterDeletions() {
    long epoch = log.openProducer(0, SOURCE).epoch();
    log.append(0, epoch, 1, List.of(entry(1), entry(2), entry(3), entry(4)), BACKLOG_MAX);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
    }
    for (long id = 1; id <= 4; id++) {
      complete(0, completion("c", EntryId.of(id), new long[0], new long[] {id}));
    }
    deliverLetters("sink", 1);
    var letters = log.deadLetters(0, "", 9);
    log.redrive(0, letters.get(2).id(), List.of(entry(3)), OutcomePart.NONE);

    var inspection = log.inspect(0).deadLetters();

    assertThat(inspection.entryCount()).isEqualTo(3);
    assertThat(inspection.groups().get(0).lag()).isEqualTo(2);
    assertThat(inspection.groups().get(0).pending()).isEqualTo(1);
    assertThat(inspection.oldestAge()).isPresent();
  }

  @Test
  void eventsOfAPublishedEntryAreToldByItsDigest() {
    append(0, 1);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(1, Duration.ZERO);
    }
    complete(0, completion("c", 1, 1));

    assertThat(log.predictions(0, "", 1).get(0).digest()).isEqualTo(predictions(1).digest());
  }
}
