// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.EventLog;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.ForwardingEventLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Partitions are read by those who are there, while they come and go. */
class ShareOutTest extends ConsumerFixture {
  private static final int PARTITIONS = 6;

  private final InMemoryEventLog six = new InMemoryEventLog(PARTITIONS);
  private final TestStream filled = new TestStream(six);

  @Test
  void consumersThatComeAndGoLoseAndDoubleNothing() {
    var first = new Watched();
    List<Consumer> running = new ArrayList<>(List.of(start(first, settings())));
    Await.until("alone with all", () -> first.openReaders() == PARTITIONS);
    filled.appendAll(300, 3);
    var second = new Watched();
    var third = new Watched();
    running.add(start(second, settings()));
    running.add(start(third, settings()));
    filled.append(301, 302);
    Await.until(
        "two connections each",
        () -> List.of(first, second, third).stream().allMatch(each -> each.openReaders() == 2));
    assertThat(readers(first, second, third)).allMatch(count -> count == 1);
    running.get(0).close();
    filled.append(303);
    running.get(1).close();
    Await.until("all again the last one's", () -> third.openReaders() == PARTITIONS);
    filled.append(304);
    filled.awaitBalance();
    assertThat(filled.predictedIds()).isEqualTo(ids(304));
    assertThat(first.openReaders() + second.openReaders()).isZero();
  }

  @Test
  void thePartitionsOfADeadConsumerAreReadWithinALeaseAndALook() {
    six.meet("dead", LEASE);
    six.meet("dead-too", LEASE);
    var survivor = new Watched();
    start(survivor, settings().withName("survivor"));
    Await.until("its own share", () -> survivor.openReaders() == PARTITIONS / 3);
    long startNanos = System.nanoTime();
    Await.until("all", () -> survivor.openReaders() == PARTITIONS);
    assertThat(System.nanoTime() - startNanos)
        .as("a lease, a third of it until the next look, and slack for a busy machine")
        .isLessThan(3 * LEASE.toNanos());
  }

  @Test
  void whatWaitsInAShareThatNobodyTakesIsClaimedByEverybody() {
    filled.appendAll(60, 2);
    // Known to the log as consumers, alive for long, and yet reading nothing.
    six.meet("a-sleeper", LEASE.multipliedBy(1_000));
    for (int partition = 0; partition < PARTITIONS; partition++) {
      try (var reader = six.openReader(partition, "gone")) {
        assertThat(reader.readNew(100, java.time.Duration.ZERO)).isNotEmpty();
      }
    }
    start(six, settings());
    filled.awaitBalance();
    assertThat(filled.predictedIds()).isEqualTo(ids(60));
  }

  private static List<Integer> readers(Watched... all) {
    return IntStream.range(0, PARTITIONS)
        .mapToObj(partition -> List.of(all).stream().mapToInt(each -> each.count(partition)).sum())
        .toList();
  }

  /** The log as one consumer sees it, and which partitions it reads. */
  private final class Watched extends ForwardingEventLog {
    private final Map<Integer, AtomicInteger> open = new ConcurrentHashMap<>();

    Watched() {
      super(six);
    }

    int openReaders() {
      IntPredicate isRead = partition -> count(partition) > 0;
      return (int) IntStream.range(0, PARTITIONS).filter(isRead).count();
    }

    int count(int partition) {
      var count = open.get(partition);
      return count == null ? 0 : count.get();
    }

    @Override
    public EntryReader openReader(int partition, String consumer) {
      EventLog.EntryReader reader = super.openReader(partition, consumer);
      var count = open.computeIfAbsent(partition, unused -> new AtomicInteger());
      count.incrementAndGet();
      return new CountedReader(reader, count);
    }
  }

  private record CountedReader(EventLog.EntryReader reader, AtomicInteger count)
      implements EventLog.EntryReader {
    @Override
    public List<icecube.stream.DeliveredEntry> readHeld(
        icecube.stream.EntryId after, int countMax) {
      return reader.readHeld(after, countMax);
    }

    @Override
    public List<icecube.stream.DeliveredEntry> readNew(int countMax, java.time.Duration wait) {
      return reader.readNew(countMax, wait);
    }

    @Override
    public void close() {
      count.decrementAndGet();
      reader.close();
    }
  }
}
