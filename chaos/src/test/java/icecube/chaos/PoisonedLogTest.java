// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.InMemoryEventLog;
import icecube.stream.OutcomePart;
import icecube.v1.EventBatch;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PoisonedLogTest {
  private static final ClaimSettings CLAIM = new ClaimSettings(Duration.ofMillis(1), 16, 2, 1);

  private final AtomicLong clockNanos = new AtomicLong();
  private final AtomicInteger deaths = new AtomicInteger();
  private final PoisonedLog log =
      new PoisonedLog(
          new InMemoryEventLog(1, clockNanos::get),
          new Killers(Set.of(7L)),
          deaths::incrementAndGet);

  @Test
  void harmlessEventsKillNobody() {
    append(1, 2);
    complete(read().get(0));
    assertThat(deaths).hasValue(0);
  }

  @Test
  void whoeverHandlesAKillerDies() {
    append(6, 7);
    complete(read().get(0));
    assertThat(deaths).hasValue(1);
  }

  @Test
  void whoeverIsToldThatAnEntryIsDeadlyLives() {
    append(7);
    assertThat(read()).hasSize(1);
    Claim claim = claim();
    while (claim.kind() != Claim.Kind.DEAD) {
      claim = claim();
    }
    complete(claim.entries().get(0));
    assertThat(deaths).hasValue(0);
  }

  private void append(long... ids) {
    var batch = EventBatch.newBuilder();
    for (long id : ids) {
      batch.addEventId(id);
    }
    long epoch = log.openProducer(0, "test").epoch();
    var entry = new EventEntry(batch.build().toByteArray(), ids.length, EventDigest.of(ids));
    var unused = log.append(0, epoch, 1, List.of(entry), 8);
  }

  private List<DeliveredEntry> read() {
    try (var reader = log.openReader(0, "reader")) {
      assertThat(reader.readHeld(EntryId.START, 8)).isEmpty();
      return reader.readNew(8, Duration.ZERO);
    }
  }

  private Claim claim() {
    clockNanos.addAndGet(Duration.ofSeconds(1).toNanos());
    return log.claim(0, "reader", CLAIM, true);
  }

  private void complete(DeliveredEntry entry) {
    var predictions = new OutcomePart(new byte[1], entry.eventCount(), entry.digest());
    var unused =
        log.complete(0, new Completion("reader", entry.id(), false, predictions, OutcomePart.NONE));
  }
}
