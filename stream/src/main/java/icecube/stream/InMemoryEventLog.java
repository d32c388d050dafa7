// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import icecube.physics.DetectorGeometry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/**
 * The event log in memory: the twin of {@link RedisEventLog} for tests, simulations and studies. It
 * passes the same contract test.
 *
 * <p>Leases run on a clock that is given, so that a test decides when they end; only waiting in
 * {@code readNew} takes real time. {@link #image} and {@link #restore} play a log that loses its
 * last writes. Thread-safe; nothing survives the process.
 */
public final class InMemoryEventLog implements EventLog {
  private final List<InMemoryPartition> partitions = new ArrayList<>();
  private final Map<String, DetectorGeometry> geometries = new ConcurrentHashMap<>();
  private final LongSupplier clockNanos;
  private final Map<String, Long> membersUntilNanos = new ConcurrentSkipListMap<>();

  /** A log on the system's clock. */
  public InMemoryEventLog(int partitionCount) {
    this(partitionCount, System::nanoTime);
  }

  /**
   * A log on a clock of the caller's.
   *
   * @param clockNanos as {@link System#nanoTime}
   */
  public InMemoryEventLog(int partitionCount, LongSupplier clockNanos) {
    this.clockNanos = requireNonNull(clockNanos, "clockNanos");
    if (partitionCount < 1) {
      throw new IllegalArgumentException("partitions: " + partitionCount + " (expected: above 0)");
    }
    for (int partition = 0; partition < partitionCount; partition++) {
      partitions.add(new InMemoryPartition(partition, clockNanos));
    }
  }

  InMemoryPartition partition(int partition) {
    return partitions.get(Arguments.checkPartition(partition, partitions.size()));
  }

  /** What a partition holds now, to come back to. */
  public Image image(int partition) {
    return new Image(partition(partition).state());
  }

  /**
   * Makes a partition forget all that came after an image of it, as a log does that lost writes.
   */
  public void restore(int partition, Image image) {
    partition(partition).restore(image.state);
  }

  /** A partition at one instant. Immutable. */
  public static final class Image {
    private final PartitionState state;

    private Image(PartitionState state) {
      this.state = state;
    }
  }

  @Override
  public int partitionCount() {
    return partitions.size();
  }

  @Override
  public void putGeometry(DetectorGeometry geometry) {
    geometries.put(geometry.hash(), geometry);
  }

  @Override
  public Optional<DetectorGeometry> geometry(String hash) {
    return Optional.ofNullable(geometries.get(hash));
  }

  @Override
  public ProducerMark openProducer(int partition, String fingerprint) {
    return partition(partition).open(requireNonNull(fingerprint, "fingerprint"));
  }

  @Override
  public AppendResult append(
      int partition, long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
    Arguments.checkAppend(firstSequence, entries, backlogMax);
    return partition(partition).append(epoch, firstSequence, entries, backlogMax);
  }

  @Override
  public AppendResult finishProducer(int partition, long epoch, long entryCount) {
    return partition(partition).finish(epoch, entryCount);
  }

  @Override
  public EntryReader openReader(int partition, String consumer) {
    requireNonNull(consumer, "consumer");
    var source = partition(partition);
    return new EntryReader() {
      @Override
      public List<DeliveredEntry> readHeld(EntryId after, int countMax) {
        return source.readHeld(consumer, after, countMax);
      }

      @Override
      public List<DeliveredEntry> readNew(int countMax, Duration wait) {
        return source.readNew(consumer, countMax, wait);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
    return CompletableFuture.completedStage(partition(partition).complete(completion));
  }

  @Override
  public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
    return partition(partition).renew(consumer, ids);
  }

  @Override
  public Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
    return partition(partition).release(consumer, ids);
  }

  @Override
  public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    return partition(partition).claim(consumer, settings, lone);
  }

  @Override
  public Set<EntryId> leave(int partition, String consumer) {
    return partition(partition).leave(consumer);
  }

  @Override
  public List<String> meet(String consumer, Duration lease) {
    long now = clockNanos.getAsLong();
    long end = now + Duration.ofMillis(Arguments.leaseMillis(lease)).toNanos();
    membersUntilNanos.values().removeIf(until -> until - now <= 0);
    membersUntilNanos.put(consumer, end);
    return List.copyOf(membersUntilNanos.keySet());
  }

  @Override
  public void depart(String consumer) {
    membersUntilNanos.remove(consumer);
  }

  @Override
  public PartitionAccount account(int partition) {
    return partition(partition).account();
  }

  @Override
  public List<PublishedEntry> predictions(int partition, String afterId, int countMax) {
    return partition(partition).predictions(afterId, countMax);
  }

  @Override
  public List<PublishedEntry> deadLetters(int partition, String afterId, int countMax) {
    return partition(partition).deadLetters(afterId, countMax);
  }

  @Override
  public boolean redrive(
      int partition, String deadLetterId, List<EventEntry> entries, OutcomePart kept) {
    Arguments.checkRedrive(entries);
    return partition(partition).redrive(deadLetterId, entries, kept);
  }

  @Override
  public int trim(int partition, int countMax) {
    Arguments.checkCountMax(countMax);
    return partition(partition).trim(countMax);
  }

  @Override
  public PartitionGlance glance(int partition) {
    return partition(partition).glance();
  }

  @Override
  public PartitionInspection inspect(int partition) {
    return partition(partition).inspect();
  }

  @Override
  public void check() {}

  @Override
  public void close() {}
}
