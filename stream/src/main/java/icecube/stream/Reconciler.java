// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.v1.DeadLetterBatch;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Draws up a {@link Reconciliation}, partition by partition.
 *
 * <p>Confined to one thread. Keeps one bit or so per event and per entry, and one page of entries.
 */
final class Reconciler {
  private static final int PAGE_SIZE = 128;

  private final EventLog log;

  /** Ids that were published once, which must be all; copies refused at the door are not among. */
  private final Roaring64Bitmap eventIds = new Roaring64Bitmap();

  private final List<Long> duplicateIds = new ArrayList<>();
  private final List<Long> missingIds = new ArrayList<>();
  private final List<String> disagreements = new ArrayList<>();
  private long emitted;
  private long predicted;
  private long deadLettered;
  private long inFlight;
  private long duplicates;
  private long missing;
  private boolean isFinished = true;

  Reconciler(EventLog log) {
    this.log = log;
  }

  Reconciliation result() {
    return new Reconciliation(
        emitted,
        predicted,
        deadLettered,
        inFlight,
        duplicates,
        missing,
        duplicateIds,
        missingIds,
        disagreements,
        isFinished);
  }

  void add(int partition) {
    var account = log.account(partition);
    var predictions = new Scan(partition, "predictions");
    predictions.read(account.predictionEntryCount(), log::predictions, this::predictionsOf);
    var deadLetters = new Scan(partition, "dead letters");
    deadLetters.read(account.deadLetterEntryCount(), log::deadLetters, this::deadLettersOf);
    predictions.compare(account.predicted(), account.predictedDigest());
    deadLetters.compare(account.deadLettered(), account.deadLetteredDigest());

    emitted += account.emitted();
    predicted += predictions.found;
    deadLettered += deadLetters.found;
    duplicates += predictions.duplicates + deadLetters.duplicates;
    boolean isQuiet = account.backlog() == 0;
    inFlight += isQuiet ? 0 : account.inFlight();
    isFinished &=
        account.entryCount().isPresent()
            && account.entryCount().getAsLong() == account.lastSequence();

    long published = isQuiet ? account.emitted() : account.predicted() + account.deadLettered();
    var publishedDigest =
        isQuiet
            ? account.emittedDigest()
            : account.predictedDigest().plus(account.deadLetteredDigest());
    long unique = predictions.unique() + deadLetters.unique();
    var uniqueDigest = predictions.digest.plus(deadLetters.digest);
    seek(partition, published - unique, publishedDigest.minus(uniqueDigest));
  }

  /** Compares what should be there with what is. */
  private void seek(int partition, long lacking, EventDigest lackingDigest) {
    if (lacking > 0) {
      missing += lacking;
    }
    if (lacking == 1 && missingIds.size() < Reconciliation.IDS_MAX) {
      missingIds.add(lackingDigest.onlyEventId());
    }
    if (lacking < 0) {
      disagree("partition %d: %d events more than were emitted".formatted(partition, -lacking));
    }
    if (lacking == 0 && !lackingDigest.equals(EventDigest.ZERO)) {
      disagree(
          "partition %d: as many events as were emitted, but not the same".formatted(partition));
    }
  }

  private void disagree(String disagreement) {
    if (disagreements.size() < Reconciliation.IDS_MAX) {
      disagreements.add(disagreement);
    }
  }

  private void predictionsOf(Scan scan, PublishedEntry entry)
      throws InvalidProtocolBufferException {
    var batch = PredictionBatch.parseFrom(entry.payload());
    boolean isRepeated = scan.isRepeated(entry, batch.getPredictionsCount());
    for (var prediction : batch.getPredictionsList()) {
      scan.see(prediction.getEventId(), isRepeated || !isNew(prediction.getEventId()));
    }
  }

  private void deadLettersOf(Scan scan, PublishedEntry entry)
      throws InvalidProtocolBufferException {
    var batch = DeadLetterBatch.parseFrom(entry.payload());
    boolean isUnreadable =
        batch.getDeadLettersList().stream()
            .anyMatch(letter -> letter.getReason() == Reason.REASON_ENTRY_UNREADABLE);
    if (isUnreadable) {
      scan.seeUnreadable(entry);
      return;
    }
    boolean isRepeated = scan.isRepeated(entry, batch.getDeadLettersCount());
    for (var letter : batch.getDeadLettersList()) {
      boolean isCopy = letter.getReason() == Reason.REASON_EVENT_ID_DUPLICATE;
      scan.see(letter.getEventId(), isRepeated || (!isCopy && !isNew(letter.getEventId())));
    }
  }

  private boolean isNew(long eventId) {
    if (eventIds.contains(eventId)) {
      return false;
    }
    eventIds.addLong(eventId);
    return true;
  }

  private interface Page {
    List<PublishedEntry> after(int partition, String afterId, int countMax);
  }

  private interface Look {
    void at(Scan scan, PublishedEntry entry) throws InvalidProtocolBufferException;
  }

  /** What was found in one published stream of one partition. */
  private final class Scan {
    private final int partition;
    private final String stream;
    private final Roaring64Bitmap sequences = new Roaring64Bitmap();
    private long found;
    private long duplicates;
    private long stated;
    private boolean isNamed = true;
    private EventDigest digest = EventDigest.ZERO;

    Scan(int partition, String stream) {
      this.partition = partition;
      this.stream = stream;
    }

    /** Reads exactly the first entries: more may have come since the account was taken. */
    void read(long entryCount, Page page, Look look) {
      String lastId = "";
      for (long left = entryCount; left > 0; ) {
        var entries = page.after(partition, lastId, (int) Math.min(left, PAGE_SIZE));
        if (entries.isEmpty()) {
          disagree("partition %d: %d entries of %s gone".formatted(partition, left, stream));
          return;
        }
        for (var entry : entries) {
          look(look, entry);
        }
        lastId = entries.get(entries.size() - 1).id();
        left -= entries.size();
      }
    }

    private void look(Look look, PublishedEntry entry) {
      stated += entry.eventCount();
      try {
        look.at(this, entry);
      } catch (InvalidProtocolBufferException e) {
        disagree(
            "partition %d: entry %s of %s is unreadable: %s"
                .formatted(partition, entry.id(), stream, e.getMessage()));
      }
    }

    /** Whether the entry of events was published before. */
    boolean isRepeated(PublishedEntry entry, int eventCount) {
      if (eventCount != entry.eventCount()) {
        disagree(
            "partition %d: entry %s of %s holds %d events (expected: %d)"
                .formatted(partition, entry.id(), stream, eventCount, entry.eventCount()));
      }
      boolean isRepeated = sequences.contains(entry.sequence());
      sequences.addLong(entry.sequence());
      return isRepeated;
    }

    void see(long eventId, boolean isDuplicate) {
      found++;
      if (!isDuplicate) {
        digest = digest.plus(eventId);
        return;
      }
      duplicates++;
      if (duplicateIds.size() < Reconciliation.IDS_MAX) {
        duplicateIds.add(eventId);
      }
    }

    /** An entry whose events nobody could name: it counts, and its digest has to be believed. */
    void seeUnreadable(PublishedEntry entry) {
      found += entry.eventCount();
      if (isRepeated(entry, entry.eventCount())) {
        duplicates += entry.eventCount();
      }
      isNamed = false;
    }

    /** Holds what was found against the counters; believes the digest where ids are unknown. */
    void compare(long counted, EventDigest countedDigest) {
      if (counted != found || counted != stated) {
        disagree(
            "partition %d: %d %s found (expected: %d, as counted)"
                .formatted(partition, found, stream, counted));
      }
      if (!isNamed) {
        digest = countedDigest;
      } else if (duplicates == 0 && counted == found && !digest.equals(countedDigest)) {
        disagree("partition %d: %s are of other events than counted".formatted(partition, stream));
      }
    }

    long unique() {
      return found - duplicates;
    }
  }
}
