// SPDX-License-Identifier: Apache-2.0
package icecube.testkit;

import icecube.physics.DetectorGeometry;
import icecube.stream.AppendResult;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.EntryId;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.OutcomePart;
import icecube.stream.PartitionAccount;
import icecube.stream.PartitionGlance;
import icecube.stream.PartitionInspection;
import icecube.stream.ProducerMark;
import icecube.stream.PublishedEntry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A log in front of another: a test overrides what it wants to change, or {@link #around} for all
 * that a producer asks.
 */
public class ForwardingEventLog implements EventLog {
  private final EventLog log;

  /** In front of {@code log}, which it closes when it is closed. */
  public ForwardingEventLog(EventLog log) {
    this.log = log;
  }

  /** Does what the emitter asked for. */
  protected <T> T around(Supplier<T> operation) {
    return operation.get();
  }

  @Override
  public int partitionCount() {
    return log.partitionCount();
  }

  @Override
  public void putGeometry(DetectorGeometry geometry) {
    Boolean unused =
        around(
            () -> {
              log.putGeometry(geometry);
              return true;
            });
  }

  @Override
  public Optional<DetectorGeometry> geometry(String hash) {
    return log.geometry(hash);
  }

  @Override
  public ProducerMark openProducer(int partition, String fingerprint) {
    return around(() -> log.openProducer(partition, fingerprint));
  }

  @Override
  public AppendResult append(
      int partition, long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
    return around(() -> log.append(partition, epoch, firstSequence, entries, backlogMax));
  }

  @Override
  public AppendResult finishProducer(int partition, long epoch, long entryCount) {
    return around(() -> log.finishProducer(partition, epoch, entryCount));
  }

  @Override
  public EntryReader openReader(int partition, String consumer) {
    return log.openReader(partition, consumer);
  }

  @Override
  public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
    return log.complete(partition, completion);
  }

  @Override
  public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
    return log.renew(partition, consumer, ids);
  }

  @Override
  public Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
    return log.release(partition, consumer, ids);
  }

  @Override
  public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    return log.claim(partition, consumer, settings, lone);
  }

  @Override
  public Set<EntryId> leave(int partition, String consumer) {
    return log.leave(partition, consumer);
  }

  @Override
  public List<String> meet(String consumer, Duration lease) {
    return log.meet(consumer, lease);
  }

  @Override
  public void depart(String consumer) {
    log.depart(consumer);
  }

  @Override
  public PartitionAccount account(int partition) {
    return around(() -> log.account(partition));
  }

  @Override
  public List<PublishedEntry> predictions(int partition, String afterId, int countMax) {
    return log.predictions(partition, afterId, countMax);
  }

  @Override
  public List<PublishedEntry> deadLetters(int partition, String afterId, int countMax) {
    return log.deadLetters(partition, afterId, countMax);
  }

  @Override
  public boolean redrive(
      int partition, String deadLetterId, List<EventEntry> entries, OutcomePart kept) {
    return log.redrive(partition, deadLetterId, entries, kept);
  }

  @Override
  public int trim(int partition, int countMax) {
    return log.trim(partition, countMax);
  }

  @Override
  public PartitionGlance glance(int partition) {
    return log.glance(partition);
  }

  @Override
  public PartitionInspection inspect(int partition) {
    return log.inspect(partition);
  }

  @Override
  public void check() {
    log.check();
  }

  @Override
  public void close() {
    log.close();
  }
}
