// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.BUSY;
import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A Redis at the end of its memory: producers wait, everybody else goes on. */
abstract class RedisMemoryContract extends RedisFaultContract {
  private static final int ENTRY_COUNT = 1_000;
  private static final int PAYLOAD_SIZE = 20_000;
  private static final int APPEND_SIZE = 8;
  private static final int LENGTH_MAX = 600;

  @Test
  void eightMegabytesAreEnoughForAnyNumberOfEvents() {
    direct.sync().configSet("maxmemory", "8mb");
    try {
      long epoch = log.openProducer(0, SOURCE).epoch();
      int refusals = 0;
      long lengthMax = 0;
      while (log.account(0).lastSequence() < ENTRY_COUNT) {
        while (append(epoch) == OK) {
          lengthMax = Math.max(lengthMax, log.account(0).backlog());
        }
        refusals += log.account(0).lastSequence() < ENTRY_COUNT ? 1 : 0;
        completeAll();
        assertThat(log.account(0).backlog()).isZero();
      }
      assertThat(log.finishProducer(0, epoch, ENTRY_COUNT).status()).isEqualTo(OK);
      assertThat(refusals).as("times the memory was full").isPositive();
      assertThat(lengthMax).isLessThan(LENGTH_MAX);
      assertThat(log.account(0).isComplete()).isTrue();
      assertThat(Reconciliation.of(log).isBalanced()).isTrue();
      System.out.printf(
          "maxmemory 8 MB, Redis %d: %d entries of %d bytes, at most %d at once, refused %d times,"
              + " all completed%n",
          redis.binary().majorVersion(), ENTRY_COUNT, PAYLOAD_SIZE, lengthMax, refusals);
    } finally {
      direct.sync().configSet("maxmemory", "0");
    }
  }

  /** What is next, as far as the source has it. */
  private AppendResult.Status append(long epoch) {
    long first = log.account(0).lastSequence() + 1;
    var entries = new ArrayList<EventEntry>();
    for (long id = first; id < Math.min(first + APPEND_SIZE, ENTRY_COUNT + 1); id++) {
      entries.add(new EventEntry(new byte[PAYLOAD_SIZE], 1, EventDigest.of(id)));
    }
    return entries.isEmpty() ? BUSY : log.append(0, epoch, first, entries, LENGTH_MAX).status();
  }

  /** Every fifth is completed in part first: what remains replaces what goes. */
  private void completeAll() {
    List<DeliveredEntry> entries;
    do {
      try (var reader = log.openReader(0, "c")) {
        entries = reader.readNew(50, Duration.ZERO);
      }
      for (var each : entries) {
        boolean isSplit = each.id().part() == 0 && each.id().sequence() % 5 == 0;
        var again = new EventEntry(each.payload(), 1, each.digest());
        var split =
            new Completion(
                "c", each.id(), false, OutcomePart.NONE, OutcomePart.NONE, List.of(again));
        var whole = completion("c", each.id(), each.digest().onlyEventId());
        var due = isSplit ? split : whole;
        assertThat(complete(0, due)).isEqualTo(CompletionOutcome.PUBLISHED);
      }
    } while (!entries.isEmpty());
  }

  @Test
  void fullMemoryRefusesARedriveWholeAndHindersNothingElse() {
    append(0, 3);
    try (var reader = log.openReader(0, "c")) {
      reader.readNew(9, Duration.ZERO);
    }
    complete(0, completion("c", EntryId.of(1), new long[0], new long[] {1}));
    var letter = log.deadLetters(0, "", 1).get(0);
    deliverLetters("sink", 1);
    var before = log.account(0);
    direct.sync().configSet("maxmemory", "1");
    try {
      assertThatExceptionOfType(EventLogException.class)
          .isThrownBy(() -> log.redrive(0, letter.id(), List.of(entry(1)), OutcomePart.NONE))
          .withMessageContaining("OOM");
      assertThat(log.account(0)).isEqualTo(before);
      assertThat(log.deadLetters(0, "", 9)).hasSize(1);
      assertThat(log.renew(0, "c", Entries.ids(2))).hasSize(1);
      assertThat(log.release(0, "c", Entries.ids(2))).hasSize(1);
      assertThat(log.claim(0, "d", ClaimSettings.DEFAULT, false).entries()).hasSize(1);
      assertThat(log.meet("c", Duration.ofHours(1))).containsExactly("c");
      assertThat(log.trim(0, 9)).isZero();
      assertThat(log.inspect(0).memoryMaxBytes()).hasValue(1);
      assertThat(log.inspect(0).memoryUsedBytes().orElseThrow()).isPositive();
      assertThat(log.glance(0).memoryMaxBytes()).hasValue(1);
      assertThat(log.glance(0).memoryUsedBytes().orElseThrow()).isPositive();
      log.leave(0, "nobody-here");
      log.depart("c");
    } finally {
      direct.sync().configSet("maxmemory", "0");
    }
    assertThat(log.redrive(0, letter.id(), List.of(entry(1)), OutcomePart.NONE)).isTrue();
  }

  @Test
  void whoMakesRoomComesInThoughMemoryIsFull() {
    append(0, 1);
    direct.sync().configSet("maxmemory", "1");
    try (var restarted = RedisEventLog.connect(RedisSettings.of(uri(), stream));
        var reader = restarted.openReader(0, "c")) {
      assertThat(reader.readNew(9, Duration.ZERO)).hasSize(1);
      assertThat(restarted.complete(0, completion("c", 1, 1)).toCompletableFuture().join())
          .isEqualTo(CompletionOutcome.PUBLISHED);
    } finally {
      direct.sync().configSet("maxmemory", "0");
    }
  }
}
