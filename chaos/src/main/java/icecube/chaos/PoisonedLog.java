// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.testkit.ForwardingEventLog;
import icecube.v1.EventBatch;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A log whose reader dies when it has handled certain events: after it was handed them, before it
 * publishes them. One that is told that an entry is deadly does not handle it and lives.
 */
final class PoisonedLog extends ForwardingEventLog {
  private final Killers killers;
  private final Runnable death;
  private final Set<Held> deadly = ConcurrentHashMap.newKeySet();

  private record Held(int partition, EntryId id) {}

  /** In front of {@code log}; {@code death} ends the process, or throws. */
  PoisonedLog(EventLog log, Killers killers, Runnable death) {
    super(log);
    this.killers = killers;
    this.death = death;
  }

  @Override
  public EntryReader openReader(int partition, String consumer) {
    EntryReader reader = super.openReader(partition, consumer);
    return new EntryReader() {
      @Override
      public List<DeliveredEntry> readHeld(EntryId after, int countMax) {
        return taste(partition, reader.readHeld(after, countMax));
      }

      @Override
      public List<DeliveredEntry> readNew(int countMax, Duration wait) {
        return taste(partition, reader.readNew(countMax, wait));
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }

  @Override
  public Claim claim(int partition, String consumer, ClaimSettings settings, boolean lone) {
    Claim claim = super.claim(partition, consumer, settings, lone);
    if (claim.kind() == Claim.Kind.DEAD) {
      claim.entries().forEach(entry -> deadly.remove(new Held(partition, entry.id())));
    } else {
      var unused = taste(partition, claim.entries());
    }
    return claim;
  }

  @Override
  public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
    if (deadly.contains(new Held(partition, completion.id()))) {
      death.run();
    }
    return super.complete(partition, completion);
  }

  private List<DeliveredEntry> taste(int partition, List<DeliveredEntry> entries) {
    for (DeliveredEntry entry : entries) {
      if (isDeadly(entry)) {
        deadly.add(new Held(partition, entry.id()));
      }
    }
    return entries;
  }

  private boolean isDeadly(DeliveredEntry entry) {
    try {
      return EventBatch.parseFrom(entry.unpacked()).getEventIdList().stream()
          .anyMatch(killers.eventIds()::contains);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("entry " + entry.id() + ": unreadable", e);
    }
  }
}
