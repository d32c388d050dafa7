// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.v1.DeadLetterBatch;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * What was found in one partition when everything published there was read. Confined to one thread.
 */
final class PartitionScan {
  private static final int PAGE_SIZE = 128;

  private final int partition;

  /** Ids of the partitions read before. */
  private final Roaring64Bitmap eventIdsBefore;

  private final Roaring64Bitmap eventIds = new Roaring64Bitmap();
  private final List<Long> duplicateIds = new ArrayList<>();
  private final List<Long> missingIds = new ArrayList<>();
  private final List<String> disagreements = new ArrayList<>();
  private final StreamScan predictions = new StreamScan("predictions");
  private final StreamScan deadLetters = new StreamScan("dead letters");

  private PartitionScan(int partition, Roaring64Bitmap eventIdsBefore) {
    this.partition = partition;
    this.eventIdsBefore = eventIdsBefore;
  }

  /** Reads exactly what the account covers, and holds it against the account. */
  static PartitionScan read(
      EventLog log, int partition, PartitionAccount account, Roaring64Bitmap eventIdsBefore) {
    var scan = new PartitionScan(partition, eventIdsBefore);
    scan.predictions.read(account.predictionEntryCount(), log::predictions, scan::predictionsOf);
    scan.deadLetters.read(account.deadLetterEntryCount(), log::deadLetters, scan::deadLettersOf);
    scan.predictions.compare(
        new Tally(account.predicted(), account.predictedDigest()), account.predictedTrimmed());
    scan.deadLetters.compare(
        new Tally(account.deadLettered(), account.deadLetteredDigest()),
        account.deadLetteredTrimmed());
    return scan;
  }

  /** Events found once at least, copies refused at the door left out. */
  Roaring64Bitmap eventIds() {
    return eventIds;
  }

  long predicted() {
    return predictions.found;
  }

  long deadLettered() {
    return deadLetters.found;
  }

  long duplicates() {
    return predictions.duplicates + deadLetters.duplicates;
  }

  /** Events of entries that nobody could read, which have no ids. */
  long unnamed() {
    return deadLetters.unnamed;
  }

  /** The digest of what was found, each event once. */
  EventDigest uniqueDigest() {
    return predictions.digest.plus(deadLetters.digest);
  }

  /** Ids found once more than they should be; the first {@link Reconciliation#IDS_MAX}. */
  List<Long> duplicateIds() {
    return duplicateIds;
  }

  /** Ids that a published entry states and does not have, where one entry lacks one. */
  List<Long> missingIds() {
    return missingIds;
  }

  /** What contradicts itself or the account, in words. */
  List<String> disagreements() {
    return disagreements;
  }

  private void disagree(String disagreement) {
    if (disagreements.size() < Reconciliation.IDS_MAX) {
      disagreements.add("partition %d: %s".formatted(partition, disagreement));
    }
  }

  private void predictionsOf(StreamScan scan, PublishedEntry entry)
      throws InvalidProtocolBufferException {
    var batch = PredictionBatch.parseFrom(entry.payload());
    boolean isRepeated = scan.isRepeated(entry);
    var held = Tally.ZERO;
    for (var prediction : batch.getPredictionsList()) {
      long id = prediction.getEventId();
      held = held.plus(1, EventDigest.of(id));
      scan.see(id, isRepeated || !isNew(id));
    }
    scan.compare(entry, held);
  }

  private void deadLettersOf(StreamScan scan, PublishedEntry entry)
      throws InvalidProtocolBufferException {
    var batch = DeadLetterBatch.parseFrom(entry.payload());
    boolean isUnreadable =
        batch.getDeadLettersList().stream()
            .anyMatch(letter -> letter.getReason() == Reason.REASON_ENTRY_UNREADABLE);
    boolean isRepeated = scan.isRepeated(entry);
    if (isUnreadable) {
      scan.seeUnreadable(entry, isRepeated);
      return;
    }
    var held = Tally.ZERO;
    for (var letter : batch.getDeadLettersList()) {
      long id = letter.getEventId();
      boolean isCopy = letter.getReason() == Reason.REASON_EVENT_ID_DUPLICATE;
      held = held.plus(1, EventDigest.of(id));
      scan.see(id, isRepeated || (!isCopy && !isNew(id)));
    }
    scan.compare(entry, held);
  }

  private boolean isNew(long eventId) {
    if (eventIdsBefore.contains(eventId) || eventIds.contains(eventId)) {
      return false;
    }
    eventIds.addLong(eventId);
    return true;
  }

  private interface Page {
    List<PublishedEntry> after(int partition, String afterId, int countMax);
  }

  private interface Look {
    void at(StreamScan scan, PublishedEntry entry) throws InvalidProtocolBufferException;
  }

  /** What was found in one of the two streams. */
  private final class StreamScan {
    private final String stream;

    /** Sequences of the sources whose part is 0. */
    private final Roaring64Bitmap sequences = new Roaring64Bitmap();

    private final Roaring64Bitmap sequencesAtTheDoor = new Roaring64Bitmap();
    private final Map<Long, RoaringBitmap> partsBySequence = new HashMap<>();
    private long found;
    private long unnamed;
    private long duplicates;
    private long stated;
    private EventDigest digest = EventDigest.ZERO;

    StreamScan(String stream) {
      this.stream = stream;
    }

    /** Reads exactly the first entries: more may have come since the account was taken. */
    void read(long entryCount, Page page, Look look) {
      String lastId = "";
      for (long left = entryCount; left > 0; ) {
        var entries = page.after(partition, lastId, (int) Math.min(left, PAGE_SIZE));
        if (entries.isEmpty()) {
          disagree("%d entries of %s gone".formatted(left, stream));
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
        disagree("entry %s of %s is unreadable: %s".formatted(entry.id(), stream, e.getMessage()));
      }
    }

    /** Whether events of the same entry were published before by the same side of the log. */
    boolean isRepeated(PublishedEntry entry) {
      var source = entry.source();
      if (source.part() > 0) {
        return !partsBySequence
            .computeIfAbsent(source.sequence(), sequence -> new RoaringBitmap())
            .checkedAdd(source.part());
      }
      var seen = entry.isFromDoor() ? sequencesAtTheDoor : sequences;
      boolean isRepeated = seen.contains(source.sequence());
      seen.addLong(source.sequence());
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
    void seeUnreadable(PublishedEntry entry, boolean isRepeated) {
      found += entry.eventCount();
      unnamed += entry.eventCount();
      if (isRepeated) {
        duplicates += entry.eventCount();
      } else {
        digest = digest.plus(entry.digest());
      }
    }

    /** Holds what an entry has against what its publisher stated. */
    void compare(PublishedEntry entry, Tally held) {
      var lacking =
          new Tally(entry.eventCount(), entry.digest()).minus(held.events(), held.digest());
      if (lacking.events() != 0) {
        disagree(
            "entry %s of %s holds %d events (expected: %d)"
                .formatted(entry.id(), stream, held.events(), entry.eventCount()));
      } else if (!lacking.digest().equals(EventDigest.ZERO)) {
        disagree(
            "entry %s of %s, from entry %s of events, holds other events than its publisher stated"
                .formatted(entry.id(), stream, entry.source()));
      }
      if (lacking.events() == 1 && missingIds.size() < Reconciliation.IDS_MAX) {
        missingIds.add(lacking.digest().onlyEventId());
      }
    }

    /** Holds what was found, and what was trimmed, against the counters. */
    void compare(Tally counted, Tally trimmed) {
      var due = counted.minus(trimmed.events(), trimmed.digest());
      if (due.events() != found || due.events() != stated) {
        disagree("%d %s found (expected: %d, as counted)".formatted(found, stream, due.events()));
      } else if (duplicates == 0 && !digest.equals(due.digest())) {
        disagree("%s are of other events than counted".formatted(stream));
      }
    }
  }
}
