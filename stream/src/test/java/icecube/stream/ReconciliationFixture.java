// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/** A log in memory to reconcile, and what its producer and one consumer do. */
abstract class ReconciliationFixture {
  final EventLog log = new InMemoryEventLog(2);

  final void emit(EventEntry... entries) {
    long epoch = log.openProducer(0, "source").epoch();
    log.append(0, epoch, 1, List.of(entries), 9);
  }

  final void finish() {
    for (int partition = 0; partition < 2; partition++) {
      long epoch = log.openProducer(partition, "source").epoch();
      log.finishProducer(partition, epoch, log.account(partition).lastSequence());
    }
  }

  final void read(int partition) {
    try (var reader = log.openReader(partition, "c")) {
      reader.readNew(10_000, Duration.ZERO);
    }
  }

  final void publish(Completion completion) {
    read(0);
    assertThat(log.complete(0, completion).toCompletableFuture().join())
        .isEqualTo(CompletionOutcome.PUBLISHED);
  }

  /** A completion that counts these events, whatever it holds. */
  static Completion counted(long sequence, OutcomePart held, long... counted) {
    return new Completion(
        "c",
        EntryId.of(sequence),
        false,
        new OutcomePart(held.payload(), counted.length, EventDigest.of(counted)),
        OutcomePart.NONE);
  }
}
