// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.GAP;
import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.AppendResult.Status.ROLLED_BACK;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One partition, a producer and three consumers that do the right and the wrong things in random
 * order, on a log that sometimes forgets its last writes. A model beside it knows what must be.
 */
final class RandomHistory {
  private static final int STEPS = 150;
  private static final int ENTRY_COUNT = 40;
  private static final int BACKLOG_MAX = 12;
  private static final Duration LEASE = Duration.ofMillis(3);
  private static final ClaimSettings CLAIMS = new ClaimSettings(LEASE, 4, 5, 1000);
  private static final List<String> CONSUMERS = List.of("a", "b", "c");

  private final EventLogFixture fixture;
  private final EventLog log;
  private final long seed;
  private final Random random;

  /** Sequences appended and published, as the log must see it. */
  private Model model = new Model(0, Set.of(), Set.of());

  private @Nullable Model kept;
  private @Nullable Runnable rollBack;
  private long epoch;

  private record Model(long lastSequence, Set<Long> published, Set<Long> delivered) {
    Model {
      published = new HashSet<>(published);
      delivered = new HashSet<>(delivered);
    }

    Model appended(long sequence) {
      return new Model(sequence, published, delivered);
    }

    long inFlight() {
      long events = 0;
      for (long sequence = 1; sequence <= lastSequence; sequence++) {
        events += published.contains(sequence) ? 0 : eventIds(sequence).length;
      }
      return events;
    }
  }

  RandomHistory(EventLogFixture fixture, long seed) {
    this.fixture = fixture;
    this.log = fixture.log;
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** The source: entry {@code sequence} has 1 to 3 events, always the same. */
  private static long[] eventIds(long sequence) {
    long[] ids = new long[1 + (int) (sequence % 3)];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 10 * sequence + i;
    }
    return ids;
  }

  void run() {
    epoch = log.openProducer(0, "history").epoch();
    for (int step = 0; step < STEPS; step++) {
      act();
      check("step " + step);
    }
    finish();
    check("end");
    assertThat(Reconciliation.of(log).isBalanced()).as(because("end")).isTrue();
    assertThat(log.account(0).isComplete()).as(because("end")).isTrue();
  }

  private void act() {
    String consumer = CONSUMERS.get(random.nextInt(CONSUMERS.size()));
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> append();
      case 3, 4 -> readNew(consumer);
      case 5, 6 -> complete(consumer, 1 + random.nextInt(ENTRY_COUNT));
      case 7 -> {
        fixture.pass(LEASE);
        log.claim(0, consumer, CLAIMS, random.nextBoolean());
      }
      case 8 -> {
        log.release(0, consumer, Entries.ids(1L + random.nextInt(ENTRY_COUNT)));
        log.renew(0, consumer, Entries.ids(1L, 1L + random.nextInt(ENTRY_COUNT)));
        log.leave(0, consumer);
      }
      default -> forget();
    }
  }

  /** Next, repeated, overlapping or too far ahead. */
  private void append() {
    long first = Math.max(1, model.lastSequence() - 2 + random.nextInt(5));
    int count = 1 + random.nextInt(4);
    if (first + count - 1 > ENTRY_COUNT) {
      return;
    }
    var result = log.append(0, epoch, first, source(first, count), BACKLOG_MAX);
    if (result.status() == ROLLED_BACK) {
      epoch = log.openProducer(0, "history").epoch();
    } else if (first > model.lastSequence() + 1) {
      assertThat(result.status()).as(because("append")).isEqualTo(GAP);
    } else if (result.status() == OK) {
      model = model.appended(first + count - 1);
    }
    assertThat(result.lastSequence()).as(because("mark")).isEqualTo(model.lastSequence());
  }

  private static List<EventEntry> source(long first, int count) {
    var entries = new ArrayList<EventEntry>();
    for (long sequence = first; sequence < first + count; sequence++) {
      entries.add(Entries.entry(eventIds(sequence)));
    }
    return entries;
  }

  private void readNew(String consumer) {
    try (var reader = log.openReader(0, consumer)) {
      for (var entry : reader.readNew(1 + random.nextInt(4), Duration.ZERO)) {
        model.delivered().add(entry.id().sequence());
        if (random.nextBoolean()) {
          complete(consumer, entry.id().sequence());
        }
      }
    }
  }

  /** Whoever tries it, held or not: it counts exactly once, and only if somebody was handed it. */
  private void complete(String consumer, long sequence) {
    long[] ids = eventIds(sequence);
    var completion =
        ids.length == 2
            ? Entries.completion(consumer, sequence, new long[] {ids[0]}, new long[] {ids[1]})
            : Entries.completion(consumer, sequence, ids);
    var outcome = log.complete(0, completion).toCompletableFuture().join();
    boolean isDue = model.delivered().contains(sequence) && !model.published().contains(sequence);
    assertThat(outcome)
        .as(because("completion of " + sequence))
        .isEqualTo(isDue ? CompletionOutcome.PUBLISHED : CompletionOutcome.STALE);
    if (isDue) {
      model.published().add(sequence);
    }
  }

  /** Remembers a state, or goes back to the one remembered. */
  private void forget() {
    if (rollBack == null || kept == null) {
      rollBack = fixture.rollBackLater(0);
      kept = new Model(model.lastSequence(), model.published(), model.delivered());
    } else {
      rollBack.run();
      model = kept;
      rollBack = null;
      kept = null;
    }
  }

  private void finish() {
    epoch = log.openProducer(0, "history").epoch();
    while (!log.account(0).isComplete()) {
      long next = model.lastSequence() + 1;
      if (next <= ENTRY_COUNT
          && log.append(0, epoch, next, source(next, 1), BACKLOG_MAX).status() == OK) {
        model = model.appended(next);
      }
      readNew("a");
      fixture.pass(LEASE);
      for (var entry : log.claim(0, "b", CLAIMS, true).entries()) {
        complete("b", entry.id().sequence());
      }
      log.finishProducer(0, epoch, ENTRY_COUNT);
      log.finishProducer(1, log.openProducer(1, "history").epoch(), 0);
    }
  }

  private void check(String when) {
    var account = log.account(0);
    assertThat(account.lastSequence()).as(because(when)).isEqualTo(model.lastSequence());
    assertThat(account.inFlight()).as(because(when)).isEqualTo(model.inFlight());
    assertThat(account.backlog())
        .as(because(when))
        .isEqualTo(model.lastSequence() - model.published().size());
    assertThat(account.pending())
        .as(because(when))
        .isEqualTo(model.delivered().size() - (long) model.published().size());
  }

  private String because(String when) {
    return "%s; repeat with -Dicecube.seed=%d".formatted(when, seed);
  }
}
