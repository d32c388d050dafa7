// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who holds an entry, for how long, and who gets it next. */
abstract class LeaseContract extends PublicationContract {
  static final Duration LEASE = Duration.ofMillis(40);
  private static final Duration LEASE_LONG = Duration.ofHours(1);
  private static final ClaimSettings SETTINGS = new ClaimSettings(LEASE, 16, 3, 2);

  @Test
  void renewKeepsWhatIsHeldAndNeverSteals() {
    append(0, 3);
    read("holder", 2);
    read("other", 1);

    assertThat(log.renew(0, "holder", ids(1, 2, 3, 9)))
        .containsExactlyInAnyOrderElementsOf(ids(1, 2));
    assertThat(log.renew(0, "thief", ids(1, 2, 3))).isEmpty();
    assertThat(log.renew(0, "holder", ids())).isEmpty();
    assertThat(complete(0, Entries.ownerOnly(completion("other", 3, 3))))
        .isEqualTo(CompletionOutcome.PUBLISHED);
  }

  @Test
  void renewedEntryIsNotClaimed() {
    append(0, 2);
    read("holder", 2);
    pass(LEASE);
    long renewedNanos = System.nanoTime();
    log.renew(0, "holder", ids(1));

    var claim = log.claim(0, "claimer", new ClaimSettings(LEASE, 16, 9, 2), false);

    // On a machine so slow that the renewed lease has ended too, nothing is shown.
    if (System.nanoTime() - renewedNanos < LEASE.toNanos()) {
      assertThat(sequences(claim)).isEqualTo(Set.of(2L));
    }
  }

  @Test
  void entryWithinItsLeaseIsNotClaimed() {
    append(0, 1);
    read("holder", 1);

    assertThat(log.claim(0, "claimer", lease(LEASE_LONG), true))
        .isEqualTo(new Claim(Claim.Kind.ORDINARY, 0, List.of()));
  }

  @Test
  void entryOfADeadConsumerIsClaimedWithAllItBrought() {
    append(0, 3);
    read("dead", 3);
    log.complete(0, completion("dead", 2, 2)).toCompletableFuture().join();
    pass(LEASE);

    var claim = log.claim(0, "claimer", SETTINGS, false);

    assertThat(claim.kind()).isEqualTo(Claim.Kind.ORDINARY);
    assertThat(claim.suspectCount()).isZero();
    assertThat(sequences(claim)).isEqualTo(Set.of(1L, 3L));
    assertThat(claim.entries().get(0).payload()).isEqualTo(Entries.entry(1).payload());
    assertThat(claim.entries().get(0).digest()).isEqualTo(EventDigest.of(1));
    try (var reader = log.openReader(0, "claimer")) {
      assertThat(reader.readHeld(EntryId.START, 9)).hasSize(2);
    }
  }

  @Test
  void zombieMayNotPublishOnSuspicionButItsPredictionCounts() {
    append(0, 2);
    read("zombie", 2);
    pass(LEASE);
    log.claim(0, "claimer", SETTINGS, false);

    assertThat(complete(0, Entries.ownerOnly(completion("zombie", 1, 1))))
        .isEqualTo(CompletionOutcome.FENCED);
    assertThat(complete(0, completion("zombie", 2, 2))).isEqualTo(CompletionOutcome.PUBLISHED);
    assertThat(complete(0, completion("claimer", 2, 2))).isEqualTo(CompletionOutcome.STALE);
  }

  @Test
  void claimTakesNoMoreThanAsked() {
    append(0, 5);
    read("dead", 5);
    pass(LEASE);

    var few = new ClaimSettings(LEASE, 2, 3, 2);

    assertThat(sequences(log.claim(0, "claimer", few, false))).isEqualTo(Set.of(1L, 2L));
  }

  @Test
  void suspectedEntryIsHandedOutAloneAndOnlyToWhoIsAlone() {
    append(0, 2);
    read("c0", 2);
    claimTimes(2);

    pass(LEASE);
    var refused = log.claim(0, "busy", SETTINGS, false);
    var lone = log.claim(0, "alone", SETTINGS, true);

    assertThat(refused).isEqualTo(new Claim(Claim.Kind.ORDINARY, 2, List.of()));
    assertThat(lone.kind()).isEqualTo(Claim.Kind.LONE);
    assertThat(lone.suspectCount()).isEqualTo(2);
    assertThat(sequences(lone)).isEqualTo(Set.of(1L));
  }

  @Test
  void entryThatKilledItsLoneConsumersIsDead() {
    append(0, 1);
    read("c0", 1);
    claimTimes(2);

    pass(LEASE);
    assertThat(log.claim(0, "first", SETTINGS, true).kind()).isEqualTo(Claim.Kind.LONE);
    pass(LEASE);
    assertThat(log.claim(0, "second", SETTINGS, true).kind()).isEqualTo(Claim.Kind.LONE);
    pass(LEASE);
    var dead = log.claim(0, "third", SETTINGS, true);

    assertThat(dead.kind()).isEqualTo(Claim.Kind.DEAD);
    assertThat(sequences(dead)).isEqualTo(Set.of(1L));
    assertThat(complete(0, Entries.ownerOnly(completion("third", 1, new long[0], new long[] {1}))))
        .isEqualTo(CompletionOutcome.PUBLISHED);
    assertThat(log.account(0).deadLettered()).isEqualTo(1);
    assertThat(log.account(0).backlog()).isZero();
  }

  @Test
  void whatIsHandedBackMayBeClaimedAtOnceUnderAnyLease() {
    append(0, 3);
    read("stopping", 3);

    assertThat(log.release(0, "stopping", ids(1, 3, 9)))
        .containsExactlyInAnyOrderElementsOf(ids(1, 3));
    assertThat(log.release(0, "stopping", ids())).isEmpty();

    assertThat(sequences(log.claim(0, "claimer", lease(LEASE_LONG), false)))
        .isEqualTo(Set.of(1L, 3L));
    assertThat(log.account(0).pending()).isEqualTo(3);
    assertThat(complete(0, completion("claimer", 3, 3))).isEqualTo(CompletionOutcome.PUBLISHED);
  }

  @Test
  void onlyTheHolderHandsBackAndLatePublicationOfItStillCounts() {
    append(0, 2);
    read("holder", 2);

    assertThat(log.release(0, "other", ids(1, 2))).isEmpty();
    assertThat(log.release(0, "holder", ids(1))).containsExactlyInAnyOrderElementsOf(ids(1));
    assertThat(log.release(0, "holder", ids(1))).isEmpty();
    assertThat(log.renew(0, "holder", ids(1, 2))).containsExactlyInAnyOrderElementsOf(ids(2));

    assertThat(complete(0, Entries.ownerOnly(completion("holder", 1, 1))))
        .isEqualTo(CompletionOutcome.FENCED);
    assertThat(complete(0, completion("holder", 1, 1))).isEqualTo(CompletionOutcome.PUBLISHED);
    assertThat(log.release(0, "holder", ids(1))).isEmpty();
    assertThat(log.account(0).pending()).isEqualTo(1);
  }

  @Test
  void stopsInGoodOrderNeverMakeAnEntrySuspected() {
    append(0, 1);
    read("c0", 1);
    log.release(0, "c0", ids(1));

    for (int stop = 1; stop <= 6; stop++) {
      var claim = log.claim(0, "c" + stop, lease(LEASE_LONG), false);
      assertThat(claim.suspectCount()).isZero();
      assertThat(sequences(claim)).isEqualTo(Set.of(1L));
      log.release(0, "c" + stop, ids(1));
    }
  }

  @Test
  void suspectThatIsHandedBackIsNotNearerToItsEnd() {
    append(0, 1);
    read("c0", 1);
    claimTimes(2);
    pass(LEASE);

    for (int stop = 1; stop <= 4; stop++) {
      assertThat(log.claim(0, "alone", SETTINGS, true).kind()).isEqualTo(Claim.Kind.LONE);
      log.release(0, "alone", ids(1));
    }
    for (int death = 1; death <= 2; death++) {
      assertThat(log.claim(0, "dying", SETTINGS, true).kind()).isEqualTo(Claim.Kind.LONE);
      pass(LEASE);
    }
    assertThat(log.claim(0, "third", SETTINGS, true).kind()).isEqualTo(Claim.Kind.DEAD);
  }

  @Test
  void consumerThatHandedAllBackLeaves() {
    append(0, 1);
    read("leaver", 1);

    log.release(0, "leaver", ids(1));
    log.leave(0, "leaver");

    assertThat(sequences(log.claim(0, "claimer", SETTINGS, false))).isEqualTo(Set.of(1L));
  }

  @Test
  void innocentNeighbourOfAKillerIsNeverBlamed() {
    append(0, 2);
    read("c0", 2);
    claimTimes(2);

    pass(LEASE);
    var innocent = log.claim(0, "alone", SETTINGS, true);
    assertThat(complete(0, completion("alone", 1, 1))).isEqualTo(CompletionOutcome.PUBLISHED);

    assertThat(sequences(innocent)).isEqualTo(Set.of(1L));
    var suspect = log.claim(0, "alone", SETTINGS, true);
    assertThat(suspect.kind()).isEqualTo(Claim.Kind.LONE);
    assertThat(sequences(suspect)).isEqualTo(Set.of(2L));
  }

  @Test
  void whatALeavingConsumerHoldsIsHandedBackAndCountsForNothing() {
    append(0, 100);
    read("leaver", 99);
    read("stayer", 1);

    assertThat(log.leave(0, "leaver")).hasSize(99).doesNotContain(new EntryId(100, 0));
    assertThat(log.leave(0, "leaver")).isEmpty();

    try (var reader = log.openReader(0, "leaver")) {
      assertThat(reader.readHeld(EntryId.START, 9)).isEmpty();
    }
    assertThat(log.account(0).pending()).isEqualTo(100);
    for (int stop = 1; stop <= 4; stop++) {
      var claim = log.claim(0, "again", SETTINGS, false);
      assertThat(claim.entries()).hasSize(SETTINGS.countMax());
      assertThat(claim.suspectCount()).isZero();
      log.leave(0, "again");
    }
  }

  @Test
  void aSuspectThatALeavingConsumerHoldsIsNotHeldAgainstIt() {
    append(0, 1);
    read("c0", 1);
    claimTimes(2);
    pass(LEASE);
    for (int stop = 1; stop <= 4; stop++) {
      assertThat(log.claim(0, "alone", SETTINGS, true).kind()).isEqualTo(Claim.Kind.LONE);
      assertThat(log.leave(0, "alone")).isEqualTo(Set.copyOf(ids(1)));
    }
  }

  /** All entries change hands so many times, each time because the holder went silent. */
  private void claimTimes(int times) {
    for (int time = 1; time <= times; time++) {
      pass(LEASE);
      assertThat(log.claim(0, "c" + time, SETTINGS, false).entries()).isNotEmpty();
    }
  }

  private void read(String consumer, int count) {
    try (var reader = log.openReader(0, consumer)) {
      assertThat(reader.readNew(count, Duration.ZERO)).hasSize(count);
    }
  }

  private static ClaimSettings lease(Duration lease) {
    return new ClaimSettings(lease, 16, 3, 2);
  }
}
