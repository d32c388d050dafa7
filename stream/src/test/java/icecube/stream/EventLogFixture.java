// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static icecube.stream.AppendResult.Status.OK;
import static icecube.stream.Entries.completion;
import static icecube.stream.Entries.entries;
import static icecube.stream.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An event log to try, and the few things every test does with one. */
abstract class EventLogFixture {
  static final String SOURCE = "source-a";
  static final int BACKLOG_MAX = 100;

  /** Two partitions, empty; opened by {@link #open}. */
  EventLog log;

  /** A new, empty log with this many partitions. */
  abstract EventLog open(int partitionCount);

  /** Lets time pass until a lease of this length has ended. */
  abstract void pass(Duration lease);

  /** Remembers what a partition holds; running the result brings it back to that. */
  abstract Runnable rollBackLater(int partition);

  /** Gives a group, made if it is new, the next predictions of partition 0; their ids. */
  abstract List<String> deliver(String group, int countMax);

  /** The same of dead letters. */
  abstract List<String> deliverLetters(String group, int countMax);

  /** Acknowledges a prediction of partition 0 to a group. */
  abstract void acknowledge(String group, String id);

  /** Looks whether the server itself agrees on the lag of the events' group of partition 0. */
  void checkLagTold(long lag) {}

  @BeforeEach
  void openLog() {
    log = open(2);
  }

  @AfterEach
  void closeLog() {
    log.close();
  }

  /** Appends entries 1..count of one event each, whose id is the sequence. */
  final void append(int partition, int count) {
    long epoch = log.openProducer(partition, SOURCE).epoch();
    assertThat(log.append(partition, epoch, 1, entries(1, count), BACKLOG_MAX).status())
        .isEqualTo(OK);
  }

  /** Reads new entries of one event each, whose id is the sequence, and publishes them. */
  final void publish(int partition, int count) {
    try (var reader = log.openReader(partition, "publisher")) {
      for (var entry : reader.readNew(count, Duration.ZERO)) {
        assertThat(complete(partition, completion("publisher", entry.id(), entry.id().sequence())))
            .isEqualTo(CompletionOutcome.PUBLISHED);
      }
    }
  }

  final CompletionOutcome complete(int partition, Completion completion) {
    return log.complete(partition, completion).toCompletableFuture().join();
  }

  static Set<Long> sequences(Claim claim) {
    return Set.copyOf(claim.entries().stream().map(entry -> entry.id().sequence()).toList());
  }
}
