// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.stream.AppendResult;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.OutcomePart;
import icecube.testkit.ForwardingEventLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The log as it stands on its server: what every command, however it got here, has done to it is
 * held against a {@link PartitionModel} at once. Confined to one thread.
 */
final class ObservedLog extends ForwardingEventLog {
  private final EventLog log;
  private final List<PartitionModel> models = new ArrayList<>();
  private boolean isFull;

  ObservedLog(EventLog log, Scheduler scheduler, Harms harms) {
    super(log);
    this.log = log;
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      models.add(new PartitionModel(partition, scheduler, harms));
    }
  }

  PartitionModel model(int partition) {
    return models.get(partition);
  }

  /** Whether its memory is full, so that nothing can be appended. */
  void full(boolean isNowFull) {
    isFull = isNowFull;
  }

  /** Holds a partition against its model. */
  void check(int partition) {
    models.get(partition).check(log.account(partition));
  }

  @Override
  public AppendResult append(
      int partition, long epoch, long firstSequence, List<EventEntry> entries, int backlogMax) {
    long before = log.account(partition).lastSequence();
    if (isFull) {
      return new AppendResult(AppendResult.Status.BUSY, before);
    }
    var result = log.append(partition, epoch, firstSequence, entries, backlogMax);
    if (result.status() == AppendResult.Status.OK) {
      models.get(partition).appended(before, firstSequence, result.lastSequence(), entries);
    }
    check(partition);
    return result;
  }

  @Override
  public EntryReader openReader(int partition, String consumer) {
    return new ObservedReader(log.openReader(partition, consumer), partition, consumer);
  }

  @Override
  public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
    return log.complete(partition, completion)
        .whenComplete(
            (outcome, failure) -> {
              if (outcome != null) {
                long last = log.account(partition).lastSequence();
                models.get(partition).completed(completion, outcome, last);
                check(partition);
              }
            });
  }

  @Override
  public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
    var held = log.renew(partition, consumer, ids);
    models.get(partition).renewed(consumer, held);
    check(partition);
    return held;
  }

  @Override
  public Set<EntryId> release(int partition, String consumer, Collection<EntryId> ids) {
    var released = log.release(partition, consumer, ids);
    models.get(partition).released(consumer, released);
    check(partition);
    return released;
  }

  @Override
  public Set<EntryId> leave(int partition, String consumer) {
    var released = log.leave(partition, consumer);
    models.get(partition).released(consumer, released);
    check(partition);
    return released;
  }

  @Override
  public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    var claim = log.claim(partition, consumer, settings, lone);
    models.get(partition).claimed(consumer, claim, settings);
    check(partition);
    return claim;
  }

  @Override
  public boolean redrive(
      int partition, String deadLetterId, List<EventEntry> entries, OutcomePart kept) {
    long last = log.account(partition).lastSequence();
    boolean isSent = log.redrive(partition, deadLetterId, entries, kept);
    if (isSent) {
      models.get(partition).wentRoundAgain(last, entries);
    }
    check(partition);
    return isSent;
  }

  @Override
  public int trim(int partition, int countMax) {
    int removed = log.trim(partition, countMax);
    check(partition);
    return removed;
  }

  private final class ObservedReader implements EntryReader {
    private final EntryReader reader;
    private final int partition;
    private final String consumer;

    ObservedReader(EntryReader reader, int partition, String consumer) {
      this.reader = reader;
      this.partition = partition;
      this.consumer = consumer;
    }

    @Override
    public List<DeliveredEntry> readHeld(EntryId after, int countMax) {
      var entries = reader.readHeld(after, countMax);
      models.get(partition).readHeld(consumer, entries);
      check(partition);
      return entries;
    }

    @Override
    public List<DeliveredEntry> readNew(int countMax, Duration wait) {
      var entries = reader.readNew(countMax, Duration.ZERO);
      models.get(partition).readNew(consumer, entries);
      check(partition);
      return entries;
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
