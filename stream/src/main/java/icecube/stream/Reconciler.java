// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.roaringbitmap.longlong.LongIterator;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Draws up a {@link Reconciliation}, partition by partition.
 *
 * <p>Confined to one thread. Keeps one bit or so per event and per entry, and one page of entries.
 */
final class Reconciler {
  /** How often a partition is read anew because something was removed while it was read. */
  private static final int READS_MAX = 5;

  private final EventLog log;

  /** Ids that were published once, which must be all; copies refused at the door are not among. */
  private final Roaring64Bitmap eventIds = new Roaring64Bitmap();

  private final List<Long> duplicateIds = new ArrayList<>();
  private final List<Long> missingIds = new ArrayList<>();
  private final List<Long> foreignIds = new ArrayList<>();
  private final List<String> disagreements = new ArrayList<>();
  private long emitted;
  private long predicted;
  private long deadLettered;
  private long trimmed;
  private long unnamed;
  private long inFlight;
  private long duplicates;
  private long missing;
  private long foreign;
  private boolean isFinished = true;

  Reconciler(EventLog log) {
    this.log = log;
  }

  Reconciliation result() {
    return new Reconciliation(
        emitted,
        predicted,
        deadLettered,
        trimmed,
        inFlight,
        duplicates,
        missing,
        foreign,
        duplicateIds,
        missingIds,
        foreignIds,
        disagreements,
        isFinished);
  }

  /** Reads a partition; trimming or sending round again meanwhile makes it be read anew. */
  void add(int partition) {
    for (int read = 1; read <= READS_MAX; read++) {
      var account = log.account(partition);
      var scan = PartitionScan.read(log, partition, account, eventIds);
      var after = log.account(partition);
      boolean isStill =
          account.redriven() == after.redriven()
              && account.predictedTrimmed().equals(after.predictedTrimmed())
              && account.deadLetteredTrimmed().equals(after.deadLetteredTrimmed());
      if (isStill || read == READS_MAX) {
        add(partition, account, scan);
        if (!isStill) {
          disagree(
              "partition %d: trimmed or sent round again while it was read, %d times (expected: not at all, in one of them); ask again while nobody does"
                  .formatted(partition, READS_MAX));
        }
        return;
      }
    }
  }

  private void add(int partition, PartitionAccount account, PartitionScan scan) {
    scan.disagreements().forEach(this::disagree);
    scan.duplicateIds().forEach(id -> name(duplicateIds, id));
    eventIds.or(scan.eventIds());
    long scanned = scan.predicted() + scan.deadLettered();
    var trimmedHere =
        account
            .predictedTrimmed()
            .plus(account.deadLetteredTrimmed().events(), account.deadLetteredTrimmed().digest());
    emitted += account.emitted();
    predicted += scan.predicted() + account.predictedTrimmed().events();
    deadLettered += scan.deadLettered() + account.deadLetteredTrimmed().events();
    trimmed += trimmedHere.events();
    unnamed += scan.unnamed();
    duplicates += scan.duplicates();
    boolean isQuiet = account.backlog() == 0;
    inFlight += isQuiet ? 0 : account.inFlight();
    isFinished &=
        account.entryCount().isPresent()
            && account.entryCount().getAsLong() == account.lastSequence();

    var due =
        isQuiet
            ? new Tally(account.emitted(), account.emittedDigest())
            : new Tally(account.predicted(), account.predictedDigest())
                .plus(account.deadLettered(), account.deadLetteredDigest());
    var unique = trimmedHere.plus(scanned - scan.duplicates(), scan.uniqueDigest());
    seek(partition, due.minus(unique.events(), unique.digest()), scan.missingIds());
  }

  /** Compares what should be there with what is. */
  private void seek(int partition, Tally lacking, List<Long> named) {
    long count = lacking.events();
    var unnamed = lacking;
    for (long id : named) {
      if (!eventIds.contains(id)) {
        name(missingIds, id);
        unnamed = unnamed.minus(1, EventDigest.of(id));
      }
    }
    missing += Math.max(count, count - unnamed.events());
    if (unnamed.events() == 1) {
      name(missingIds, unnamed.digest().onlyEventId());
    }
    if (count < 0) {
      disagree("partition %d: %d events more than were emitted".formatted(partition, -count));
    }
    if (count == 0 && !lacking.digest().equals(EventDigest.ZERO)) {
      disagree(
          "partition %d: as many events as were emitted, but not the same".formatted(partition));
    }
  }

  /**
   * Names what the source has and the log lacks, and what the log has and the source does not.
   * Events in flight, trimmed or unreadable cannot be told from missing ones, so that those are
   * named only if there are none such.
   */
  void compareWith(Supplier<LongStream> sourceIds) {
    var source = new Roaring64Bitmap();
    var absent = new Roaring64Bitmap();
    try (var ids = sourceIds.get()) {
      for (PrimitiveIterator.OfLong each = ids.iterator(); each.hasNext(); ) {
        long id = each.nextLong();
        source.addLong(id);
        if (!eventIds.contains(id)) {
          absent.addLong(id);
        }
      }
    }
    var strange = eventIds.clone();
    strange.andNot(source);
    foreign = strange.getLongCardinality();
    list(foreignIds, strange);
    if (inFlight == 0 && trimmed == 0 && unnamed == 0) {
      missing = Math.max(missing, absent.getLongCardinality());
      list(missingIds, absent);
    }
  }

  private static void list(List<Long> names, Roaring64Bitmap ids) {
    names.clear();
    for (LongIterator each = ids.getLongIterator(); each.hasNext(); ) {
      name(names, each.next());
      if (names.size() == Reconciliation.IDS_MAX) {
        return;
      }
    }
  }

  private static void name(List<Long> names, long id) {
    if (names.size() < Reconciliation.IDS_MAX) {
      names.add(id);
    }
  }

  private void disagree(String disagreement) {
    if (disagreements.size() < Reconciliation.IDS_MAX) {
      disagreements.add(disagreement);
    }
  }
}
