// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.GAP;
import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.AppendResult.Status.ROLLED_BACK;
import static icecube.v1.Reason.REASON_EVENT_EMPTY;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One partition, a producer, three consumers, two sinks and a person who mends, all doing the right
 * and the wrong things in random order, on a log that sometimes forgets its last writes. A {@link
 * HistoryModel} beside it knows what must be.
 */
final class RandomHistory {
  private static final int STEPS = 150;
  private static final int ENTRY_COUNT = 40;
  private static final int BACKLOG_MAX = 12;
  private static final int ROUNDS_MAX = 1_000; // of everybody doing what is right, in the end
  private static final Duration LEASE = Duration.ofMillis(3);
  private static final ClaimSettings CLAIMS = new ClaimSettings(LEASE, 4, 5, 1000);

  /** Nobody's lease ends so soon, so only what was handed back may be claimed. */
  private static final ClaimSettings PATIENT = new ClaimSettings(Duration.ofHours(1), 4, 5, 1000);

  private static final List<String> CONSUMERS = List.of("a", "b", "c");
  private static final List<String> SINKS = List.of("s", "t");

  private final EventLogFixture fixture;
  private final EventLog log;
  private final long seed;
  private final Random random;
  private final HistorySinks sinks;
  private HistoryModel model = new HistoryModel();
  private @Nullable HistoryModel kept;
  private @Nullable Runnable rollBack;
  private long epoch;

  RandomHistory(EventLogFixture fixture, long seed) {
    this.fixture = fixture;
    this.log = fixture.log;
    this.seed = seed;
    this.random = new Random(seed);
    this.sinks = new HistorySinks(fixture, random, because("trim"));
  }

  void run() {
    epoch = log.openProducer(0, "history").epoch();
    for (int step = 0; step < STEPS; step++) {
      act();
      check("step " + step);
    }
    finish();
    check("end");
    var reconciliation = Reconciliation.of(log);
    assertThat(reconciliation.isComplete()).as(because("end: " + reconciliation)).isTrue();
    assertThat(log.account(0).isComplete()).as(because("end")).isTrue();
  }

  private void act() {
    String consumer = CONSUMERS.get(random.nextInt(CONSUMERS.size()));
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> append();
      case 4, 5 -> readNew(consumer);
      case 6, 7 -> complete(consumer, anyId());
      case 8 -> {
        fixture.pass(LEASE);
        claim(consumer, CLAIMS);
      }
      case 9 -> claim(consumer, PATIENT);
      case 10 -> hold(consumer);
      case 11 -> redrive();
      case 12 -> sinks.read(model, SINKS.get(random.nextInt(SINKS.size())));
      case 13 -> sinks.trim(model);
      case 14 -> crossed(consumer);
      default -> forget();
    }
  }

  /** Mostly one that is there, part or not. */
  private EntryId anyId() {
    var ids = List.copyOf(model.backlog.keySet());
    return ids.isEmpty() || random.nextInt(4) == 0
        ? new EntryId(1 + random.nextInt(ENTRY_COUNT), random.nextInt(2))
        : ids.get(random.nextInt(ids.size()));
  }

  /** Next, repeated, overlapping or too far ahead. */
  private void append() {
    long first = Math.max(1, model.last.sequence() - 2 + random.nextInt(5));
    append(first, 1 + random.nextInt(4));
  }

  private void append(long first, int count) {
    if (first + count - 1 > ENTRY_COUNT) {
      return;
    }
    long lastBefore = model.last.sequence();
    var result = log.append(0, epoch, first, source(first, count), BACKLOG_MAX);
    if (result.status() == ROLLED_BACK) {
      epoch = log.openProducer(0, "history").epoch();
    } else if (first > lastBefore + 1) {
      assertThat(result.status()).as(because("append")).isEqualTo(GAP);
    } else if (result.status() == OK) {
      for (long sequence = lastBefore + 1; sequence < first + count; sequence++) {
        model.appended(sequence);
      }
    }
    assertThat(result.lastSequence()).as(because("mark")).isEqualTo(model.last.sequence());
  }

  private static List<EventEntry> source(long first, int count) {
    var entries = new ArrayList<EventEntry>();
    for (long sequence = first; sequence < first + count; sequence++) {
      var refused = Entries.letters(REASON_EVENT_EMPTY, HistoryModel.refusedIds(sequence));
      entries.add(Entries.entryOf(HistoryModel.soundIds(sequence), refused));
    }
    return entries;
  }

  private void readNew(String consumer) {
    int countMax = 1 + random.nextInt(4);
    var due = model.next(countMax);
    try (var reader = log.openReader(0, consumer)) {
      var entries = reader.readNew(countMax, Duration.ZERO);
      assertThat(entries).as(because("read")).extracting(DeliveredEntry::id).isEqualTo(due);
      for (var entry : entries) {
        model.delivered(entry.id(), consumer);
        if (random.nextBoolean()) {
          complete(consumer, entry.id());
        }
      }
    }
  }

  /** Whoever tries it, held or not: it counts exactly once, and only if somebody was handed it. */
  private void complete(String consumer, EntryId id) {
    var predicted = new ArrayList<Long>();
    var dead = new ArrayList<Long>();
    var again = new ArrayList<List<Long>>();
    for (long event : model.backlog.getOrDefault(id, List.of(1L))) {
      switch (random.nextInt(6)) {
        case 0 -> dead.add(event);
        case 1 -> again.add(List.of(event));
        default -> predicted.add(event);
      }
    }
    var outcome = complete(Entries.completionOf(consumer, id, predicted, dead, again));
    boolean isDue = model.holders.containsKey(id);
    assertThat(outcome)
        .as(because("completion of " + id))
        .isEqualTo(isDue ? CompletionOutcome.PUBLISHED : CompletionOutcome.STALE);
    if (isDue) {
      model.published(id);
      model.predicted.addAll(predicted);
      model.dead.addAll(dead);
      again.forEach(model::roundAgain);
    }
  }

  /** If the outcome is unknown, asks again, as consumers do. */
  private CompletionOutcome complete(Completion completion) {
    try {
      return log.complete(0, completion).toCompletableFuture().join();
    } catch (CompletionException e) {
      return log.complete(0, completion).toCompletableFuture().join();
    }
  }

  private void claim(String consumer, ClaimSettings settings) {
    for (var entry : log.claim(0, consumer, settings, random.nextBoolean()).entries()) {
      assertThat(model.holders).as(because("claim")).containsKey(entry.id());
      if (settings.equals(PATIENT)) {
        assertThat(model.holders.get(entry.id()))
            .as(because("claim of %s within its lease".formatted(entry.id())))
            .isEqualTo(StreamKeys.NOBODY);
      }
      model.holders.put(entry.id(), consumer);
    }
  }

  /** Renews and hands back, its own and others'. */
  private void hold(String consumer) {
    var ids = List.of(anyId(), anyId());
    assertThat(log.renew(0, consumer, ids)).as(because("renew")).isEqualTo(heldOf(ids, consumer));
    assertThat(log.release(0, consumer, ids))
        .as(because("release"))
        .isEqualTo(heldOf(ids, consumer));
    heldOf(ids, consumer).forEach(id -> model.holders.put(id, StreamKeys.NOBODY));
    if (random.nextInt(4) == 0) {
      var all = heldOf(model.holders.keySet(), consumer);
      assertThat(log.leave(0, consumer)).as(because("leave")).isEqualTo(all);
      all.forEach(id -> model.holders.put(id, StreamKeys.NOBODY));
    }
  }

  private Set<EntryId> heldOf(Collection<EntryId> ids, String consumer) {
    var held = new HashSet<>(ids);
    held.removeIf(id -> !consumer.equals(model.holders.get(id)));
    return held;
  }

  /** A consumer that lost an entry to another may not dead-letter it on suspicion. */
  private void crossed(String consumer) {
    for (var each : List.copyOf(model.holders.entrySet())) {
      if (!each.getValue().equals(consumer)) {
        var suspected = Entries.ownerOnly(Entries.completion(consumer, each.getKey()));
        assertThat(complete(suspected)).as(because("owner")).isEqualTo(CompletionOutcome.FENCED);
        return;
      }
    }
  }

  /** Sends a part of a random dead letter round again, and once more in vain. */
  private void redrive() {
    var letters = log.deadLetters(0, "", 99);
    if (letters.isEmpty()) {
      return;
    }
    var letter = letters.get(random.nextInt(letters.size()));
    var again = new ArrayList<Long>();
    var stays = new ArrayList<Long>();
    for (long event : Entries.idsOf(letter)) {
      (again.isEmpty() || random.nextBoolean() ? again : stays).add(event);
    }
    var entries = List.of(Entries.entryOf(again));
    var keep = Entries.letters(REASON_EVENT_EMPTY, stays);
    assertThat(log.redrive(0, letter.id(), entries, keep)).as(because("redrive")).isTrue();
    assertThat(log.redrive(0, letter.id(), entries, keep)).as(because("redrive")).isFalse();
    model.roundAgain(again);
    again.forEach(model.dead::remove);
    model.redriven += again.size();
  }

  /** Remembers a state, or goes back to the one remembered. */
  private void forget() {
    if (rollBack == null || kept == null) {
      rollBack = fixture.rollBackLater(0);
      kept = model.copy();
    } else {
      rollBack.run();
      model = kept;
      rollBack = null;
      kept = null;
    }
  }

  private void finish() {
    epoch = log.openProducer(0, "history").epoch();
    log.finishProducer(1, log.openProducer(1, "history").epoch(), 0);
    for (int round = 0; round < ROUNDS_MAX && !log.account(0).isComplete(); round++) {
      append(model.last.sequence() + 1, 1);
      readNew("a");
      for (var id : List.copyOf(model.holders.keySet())) {
        complete("b", id);
      }
      log.finishProducer(0, epoch, ENTRY_COUNT);
    }
  }

  private void check(String when) {
    var account = log.account(0);
    assertThat(account.lastSequence()).as(because(when)).isEqualTo(model.last.sequence());
    assertThat(account.inFlight()).as(because(when)).isEqualTo(model.inFlight());
    assertThat(account.backlog()).as(because(when)).isEqualTo(model.backlog.size());
    assertThat(account.pending()).as(because(when)).isEqualTo(model.holders.size());
    assertThat(account.predictedDigest())
        .as(because(when))
        .isEqualTo(Entries.digest(model.predicted));
    assertThat(account.deadLetteredDigest())
        .as(because(when))
        .isEqualTo(Entries.digest(model.dead));
    assertThat(account.redriven()).as(because(when)).isEqualTo(model.redriven);
    checkLag(when);
  }

  /** The lag is always known, by us and by a Redis that tells it. */
  private void checkLag(String when) {
    long lag = model.backlog.size() - (long) model.holders.size();
    var inspection = log.inspect(0);
    assertThat(inspection.events().groups().get(0).lag()).as(because(when)).isEqualTo(lag);
    fixture.checkLagTold(lag);
    for (var group : inspection.predictions().groups()) {
      String last = model.lastGiven.getOrDefault(group.name(), "");
      assertThat(group.lag()).as(because(when)).isEqualTo(log.predictions(0, last, 999).size());
    }
  }

  private String because(String when) {
    return "%s; repeat with -Dicecube.seed=%d".formatted(when, seed);
  }
}
