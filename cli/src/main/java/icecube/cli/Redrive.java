// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.cli.RedriveTally.Stayed;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.OutcomePart;
import icecube.stream.PayloadEncoding;
import icecube.stream.PublishedEntry;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventBatch;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of dead letters round again, letter by letter, each in one atomic step, so that
 * it may be killed and repeated at any time while the mesh runs.
 *
 * <p>A partition is left after as many letters as it had when it was begun: what is refused anew
 * meanwhile is not sent round for ever. Confined to one thread; holds one page of letters.
 */
final class Redrive {
  /** Letters read at once; one holds the events of one entry at most. */
  private static final int PAGE_SIZE = 16;

  /** Bytes of one entry, unless one event has more; the emitter's entries stay below this. */
  private static final int ENTRY_BYTES_MAX = 1 << 20;

  /** How a frame of zstd begins (RFC 8878), and no batch of events does. */
  private static final int[] ZSTD = {0x28, 0xB5, 0x2F, 0xFD};

  private final EventLog log;
  private final RedriveChoice choice;
  private final boolean isDryRun;
  private final RedriveTally tally;
  private final Set<Long> seenIds = new HashSet<>();

  Redrive(EventLog log, RedriveChoice choice, boolean isDryRun) {
    this.log = log;
    this.choice = choice;
    this.isDryRun = isDryRun;
    this.tally = new RedriveTally(isDryRun);
  }

  /** What became of the letters so far. */
  RedriveTally tally() {
    return tally;
  }

  /** Ids that were asked for and that no letter has. */
  List<Long> idsNotFound() {
    return choice.eventIds().stream().filter(id -> !seenIds.contains(id)).sorted().toList();
  }

  /** Goes through all letters of the partitions chosen. */
  void run() throws InterruptedException {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      if (choice.hasPartition(partition)) {
        run(partition);
      }
    }
  }

  private void run(int partition) throws InterruptedException {
    String lastId = "";
    for (long left = log.account(partition).deadLetterEntryCount(); left > 0; ) {
      var page = log.deadLetters(partition, lastId, (int) Math.min(left, PAGE_SIZE));
      for (var letter : page) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        look(partition, letter);
        lastId = letter.id();
      }
      left = page.isEmpty() ? 0 : left - page.size();
    }
  }

  private void look(int partition, PublishedEntry entry) {
    DeadLetterBatch batch;
    try {
      batch = DeadLetterBatch.parseFrom(entry.payload());
    } catch (InvalidProtocolBufferException e) {
      tally.stayed(Reason.REASON_UNSPECIFIED, Stayed.UNREADABLE, entry.eventCount());
      return;
    }
    List<DeadLetter> letters = batch.getDeadLettersList();
    boolean isUnreadable =
        letters.stream().anyMatch(each -> each.getReason() == Reason.REASON_ENTRY_UNREADABLE);
    if (isUnreadable) {
      lookWhole(partition, entry, batch);
    } else {
      lookSingly(partition, entry, batch);
    }
  }

  /** An entry that nobody could read goes round as the bytes it was, or stays. */
  private void lookWhole(int partition, PublishedEntry entry, DeadLetterBatch batch) {
    var reason = Reason.REASON_ENTRY_UNREADABLE;
    byte[] bytes = batch.getDeadLetters(0).getUnreadableEntry().toByteArray();
    if (!choice.hasUnreadableEntry()) {
      tally.stayed(reason, Stayed.NOT_CHOSEN, entry.eventCount());
    } else if (bytes.length == 0) {
      tally.stayed(reason, Stayed.WITHOUT_EVENT, entry.eventCount());
    } else {
      var encoding = isZstd(bytes) ? PayloadEncoding.ZSTD : PayloadEncoding.PLAIN;
      var again =
          new EventEntry(bytes, entry.eventCount(), entry.digest(), encoding, OutcomePart.NONE);
      send(
          partition,
          entry,
          traced(batch, List.of(again)),
          OutcomePart.NONE,
          Map.of(reason, entry.eventCount()));
    }
  }

  private static boolean isZstd(byte[] bytes) {
    for (int i = 0; i < ZSTD.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != ZSTD[i]) {
        return false;
      }
    }
    return true;
  }

  private void lookSingly(int partition, PublishedEntry entry, DeadLetterBatch batch) {
    List<DeadLetter> chosen = new ArrayList<>();
    var kept = DeadLetterBatch.newBuilder().setTraceparent(batch.getTraceparent());
    var keptDigest = EventDigest.ZERO;
    for (var letter : batch.getDeadLettersList()) {
      seenIds.add(letter.getEventId());
      var why = whyItStays(letter);
      if (why == null) {
        chosen.add(letter);
      } else {
        tally.stayed(letter.getReason(), why, 1);
        kept.addDeadLetters(letter);
        keptDigest = keptDigest.plus(letter.getEventId());
      }
    }
    if (chosen.isEmpty()) {
      return;
    }
    int keptCount = kept.getDeadLettersCount();
    var keptPart =
        keptCount == 0
            ? OutcomePart.NONE
            : new OutcomePart(kept.build().toByteArray(), keptCount, keptDigest);
    Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
    chosen.forEach(letter -> counts.merge(letter.getReason(), 1, Integer::sum));
    send(partition, entry, traced(batch, entriesOf(chosen)), keptPart, counts);
  }

  /** What goes round again goes on in the trace of its letter. */
  private static List<EventEntry> traced(DeadLetterBatch batch, List<EventEntry> again) {
    String traceparent = batch.getTraceparent();
    return traceparent.length() == EventEntry.TRACEPARENT_LENGTH
        ? again.stream().map(entry -> entry.withTraceparent(traceparent)).toList()
        : again;
  }

  private @Nullable Stayed whyItStays(DeadLetter letter) {
    if (letter.getReason() == Reason.REASON_EVENT_ID_DUPLICATE) {
      return Stayed.COPY;
    }
    if (!choice.has(letter)) {
      return Stayed.NOT_CHOSEN;
    }
    var event = letter.getEvent();
    boolean isItsOwn = event.getEventIdCount() == 1 && event.getEventId(0) == letter.getEventId();
    return isItsOwn ? null : Stayed.WITHOUT_EVENT;
  }

  private void send(
      int partition,
      PublishedEntry entry,
      List<EventEntry> again,
      OutcomePart kept,
      Map<Reason, Integer> counts) {
    try {
      boolean isSent = isDryRun || log.redrive(partition, entry.id(), again, kept);
      counts.forEach(
          (reason, events) -> {
            if (isSent) {
              tally.wentRound(reason, events);
            } else {
              tally.stayed(reason, Stayed.GONE, events);
            }
          });
    } catch (EventLogException e) {
      counts.forEach((reason, events) -> tally.stayed(reason, Stayed.UNANSWERED, events));
      throw e;
    }
  }

  /**
   * Batches of the events as they came. One that killed its consumers goes alone, so that it never
   * takes others along.
   */
  static List<EventEntry> entriesOf(List<DeadLetter> letters) {
    List<EventEntry> entries = new ArrayList<>();
    var batch = EventBatch.newBuilder();
    long bytes = 0;
    for (var letter : letters) {
      var event = letter.getEvent();
      boolean isAlone = letter.getReason() == Reason.REASON_CRASH_LOOP;
      boolean isFull = bytes + event.getSerializedSize() > ENTRY_BYTES_MAX;
      boolean isElsewhere = !batch.getDetector().equals(event.getDetector());
      if (isAlone) {
        entries.add(entryOf(EventBatch.newBuilder().mergeFrom(event)));
        continue;
      }
      if (batch.getEventIdCount() > 0 && (isFull || isElsewhere)) {
        entries.add(entryOf(batch));
        batch = EventBatch.newBuilder();
        bytes = 0;
      }
      batch.mergeFrom(event);
      bytes += event.getSerializedSize();
    }
    if (batch.getEventIdCount() > 0) {
      entries.add(entryOf(batch));
    }
    return entries;
  }

  private static EventEntry entryOf(EventBatch.Builder batch) {
    var digest = EventDigest.ZERO;
    for (long id : batch.getEventIdList()) {
      digest = digest.plus(id);
    }
    int eventCount = batch.getEventIdCount();
    return new EventEntry(batch.build().toByteArray(), eventCount, digest);
  }
}
