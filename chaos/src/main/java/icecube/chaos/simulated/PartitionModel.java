// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.PartitionAccount;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one partition has to look like after the answers it gave, kept apart from the log: which
 * entries are in it, who holds each, and since when. Confined to one thread.
 */
final class PartitionModel {
  private static final long FORGOTTEN = -1;

  private final int partition;
  private final Scheduler scheduler;
  private final Harms harms;
  private TreeMap<EntryId, Entry> entries = new TreeMap<>();
  private int lastPart;

  PartitionModel(int partition, Scheduler scheduler, Harms harms) {
    this.partition = partition;
    this.scheduler = scheduler;
    this.harms = harms;
  }

  /**
   * An entry in the stream, and in whose hands it is.
   *
   * @param holder null if it is new
   * @param sinceNanos when its lease began
   * @param lone lone deliveries that were not handed back
   * @param kind how it came to its holder
   * @param kindNanos when it came so, or {@link #FORGOTTEN} if the log was rolled back since
   */
  private record Entry(
      int eventCount,
      EventDigest digest,
      @Nullable String holder,
      long sinceNanos,
      int lone,
      Claim.Kind kind,
      long kindNanos) {
    Entry renewed(@Nullable String sameHolder, long nowNanos) {
      return new Entry(eventCount, digest, sameHolder, nowNanos, lone, kind, kindNanos);
    }

    Entry delivered(String newHolder, Claim.Kind newKind, int newLone, long nowNanos) {
      return new Entry(eventCount, digest, newHolder, nowNanos, newLone, newKind, nowNanos);
    }

    Entry forgotten() {
      return new Entry(eventCount, digest, holder, sinceNanos, lone, kind, FORGOTTEN);
    }
  }

  /** The model at one instant, to come back to. */
  record Image(Map<EntryId, Entry> entries, int lastPart) {}

  Image image() {
    return new Image(new TreeMap<>(entries), lastPart);
  }

  void restore(Image image) {
    entries = new TreeMap<>(image.entries);
    // Whoever holds an entry now may believe that it has done with it.
    entries.replaceAll((id, entry) -> entry.forgotten());
    lastPart = image.lastPart;
  }

  void appended(long lastBefore, long first, long last, List<EventEntry> appended) {
    for (long sequence = lastBefore + 1; sequence <= last; sequence++) {
      int index = (int) (sequence - first);
      require(index >= 0, EntryId.of(sequence), "appended beyond a gap");
      add(EntryId.of(sequence), appended.get(index));
    }
    lastPart = 0;
  }

  /** Entries that were made inside of the log, as parts of its last sequence. */
  void wentRoundAgain(long lastSequence, List<EventEntry> again) {
    for (var entry : again) {
      add(new EntryId(lastSequence, ++lastPart), entry);
    }
  }

  private void add(EntryId id, EventEntry entry) {
    var before =
        entries.put(
            id,
            new Entry(
                entry.eventCount(), entry.digest(), null, now(), 0, Claim.Kind.ORDINARY, now()));
    require(before == null, id, "appended twice");
  }

  void readNew(String consumer, List<DeliveredEntry> read) {
    for (var entry : read) {
      var known = known(entry.id(), "read");
      require(known.holder == null, entry.id(), "read as new while it is held");
      take(entry, known, known.delivered(consumer, Claim.Kind.ORDINARY, 0, now()));
    }
  }

  void readHeld(String consumer, List<DeliveredEntry> read) {
    for (var entry : read) {
      var known = known(entry.id(), "read again");
      require(consumer.equals(known.holder), entry.id(), "read by who does not hold it");
      take(entry, known, known.renewed(consumer, now()));
    }
  }

  void claimed(String consumer, Claim claim, ClaimSettings settings) {
    for (var entry : claim.entries()) {
      var known = known(entry.id(), "claimed");
      boolean isOver =
          known.holder == null || now() - known.sinceNanos >= settings.lease().toNanos();
      require(isOver, entry.id(), "claimed within the lease of " + known.holder);
      requireReasonToBlame(entry.id(), known, claim.kind(), settings);
      int lone = claim.kind() == Claim.Kind.ORDINARY ? known.lone : known.lone + 1;
      take(entry, known, known.delivered(consumer, claim.kind(), lone, now()));
    }
  }

  /**
   * A lone delivery counts against its entry only if its consumer died, was stopped or was kept
   * from the log meanwhile; and only as many as the settings say make it dead.
   */
  private void requireReasonToBlame(
      EntryId id, Entry known, Claim.Kind kind, ClaimSettings settings) {
    boolean wasAlone =
        known.kind == Claim.Kind.LONE && known.holder != null && known.kindNanos != FORGOTTEN;
    require(
        !wasAlone || harms.befell(String.valueOf(known.holder), known.kindNanos),
        id,
        "taken from " + known.holder + ", who was alone with it and to whom nothing happened");
    require(
        kind != Claim.Kind.DEAD || known.lone >= settings.loneDeliveriesMax(),
        id,
        "declared dead after %d lone deliveries".formatted(known.lone));
  }

  private void take(DeliveredEntry entry, Entry known, Entry taken) {
    require(
        known.eventCount == entry.eventCount() && known.digest.equals(entry.digest()),
        entry.id(),
        "handed out with other events than were appended");
    entries.put(entry.id(), taken);
  }

  void renewed(String consumer, Collection<EntryId> held) {
    for (EntryId id : held) {
      var known = known(id, "renewed");
      require(consumer.equals(known.holder), id, "renewed by who does not hold it");
      entries.put(id, known.renewed(consumer, now()));
    }
  }

  void released(String consumer, Collection<EntryId> released) {
    for (EntryId id : released) {
      var known = known(id, "released");
      require(consumer.equals(known.holder), id, "released by who does not hold it");
      // Held by nobody, and yet not new: only a claim may take it.
      var free = known.delivered("nobody", Claim.Kind.ORDINARY, Math.max(known.lone - 1, 0), now());
      entries.put(id, free.renewed("nobody", now() - Long.MAX_VALUE / 2));
    }
  }

  void completed(Completion completion, CompletionOutcome outcome, long lastSequence) {
    var known = entries.get(completion.id());
    if (outcome == CompletionOutcome.PUBLISHED) {
      require(known != null, completion.id(), "published although it is not in the stream");
      require(
          known == null || !completion.ownerOnly() || completion.consumer().equals(known.holder),
          completion.id(),
          "dead-lettered by who does not hold it");
      require(
          known == null
              || !completion.ownerOnly()
              || known.kind == Claim.Kind.DEAD
              || known.kindNanos == FORGOTTEN,
          completion.id(),
          "dead-lettered as a killer before it was declared dead");
      entries.remove(completion.id());
      wentRoundAgain(lastSequence, completion.remainders());
    }
  }

  /** Holds the partition's account against all of this. */
  void check(PartitionAccount account) {
    long inFlight = 0;
    var digest = account.predictedDigest().plus(account.deadLetteredDigest());
    for (Entry entry : entries.values()) {
      inFlight += entry.eventCount;
      digest = digest.plus(entry.digest);
    }
    require(account.backlog() == entries.size(), account.backlog(), "entries in the backlog");
    require(
        account.emitted() == account.predicted() + account.deadLettered() + inFlight,
        account.emitted(),
        "events emitted are not those predicted, dead-lettered and in flight");
    require(
        digest.equals(account.emittedDigest()), account.emitted(), "events are not those emitted");
  }

  private Entry known(EntryId id, String what) {
    var known = entries.get(id);
    if (known == null) {
      throw violation(id, what + " although it is not in the stream");
    }
    return known;
  }

  private void require(boolean holds, Object about, String otherwise) {
    if (!holds) {
      throw violation(about, otherwise);
    }
  }

  private Violation violation(Object about, String what) {
    return new Violation("partition %d, %s: %s".formatted(partition, about, what));
  }

  private long now() {
    return scheduler.nowNanos();
  }
}
