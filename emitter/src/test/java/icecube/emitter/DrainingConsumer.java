// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.stream.Completion;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventDigest;
import icecube.stream.EventLog;
import icecube.stream.OutcomePart;
import icecube.stream.PublishedEntry;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A consumer that publishes the bytes of every entry as they were before packing, so that a test
 * finds in the predictions what the emitter has brought, and in the dead letters what it refused.
 */
final class DrainingConsumer {
  private static final String NAME = "drain";
  private static final int COUNT_MAX = 1_000;

  private final EventLog log;

  DrainingConsumer(EventLog log) {
    this.log = log;
  }

  /** Publishes at most so many entries of every partition. */
  void drain(int countMax) {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      try (var reader = log.openReader(partition, NAME)) {
        List<DeliveredEntry> entries = new ArrayList<>(reader.readHeld(EntryId.START, countMax));
        entries.addAll(reader.readNew(countMax, Duration.ZERO));
        for (DeliveredEntry entry : entries) {
          var all = new OutcomePart(entry.unpacked(), entry.eventCount(), entry.digest());
          var unused =
              log.complete(
                  partition, new Completion(NAME, entry.id(), false, all, OutcomePart.NONE));
        }
      }
    }
  }

  /** Every batch published that has events, partition after partition, with checks of its name. */
  List<EventBatch> published() {
    List<EventBatch> batches = new ArrayList<>();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      long sequence = 0;
      for (PublishedEntry entry : log.predictions(partition, "", COUNT_MAX)) {
        assertThat(entry.source()).isGreaterThan(EntryId.of(sequence));
        sequence = entry.source().sequence();
        var batch = parsed(entry);
        assertThat(batch.getBatchId()).isEqualTo(partition + "-" + sequence);
        batches.add(batch);
      }
    }
    return batches;
  }

  /** Ids of all events published. */
  List<Long> publishedIds() {
    return published().stream().flatMap(batch -> batch.getEventIdList().stream()).toList();
  }

  /** Every dead letter, partition after partition, with checks of count and digest. */
  List<DeadLetter> letters() {
    List<DeadLetter> letters = new ArrayList<>();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      for (PublishedEntry entry : log.deadLetters(partition, "", COUNT_MAX)) {
        assertThat(entry.isFromDoor()).isTrue();
        List<DeadLetter> ofEntry = parsedLetters(entry);
        assertThat(entry.eventCount()).isEqualTo(ofEntry.size());
        assertThat(entry.digest())
            .isEqualTo(digest(ofEntry.stream().map(DeadLetter::getEventId).toList()));
        letters.addAll(ofEntry);
      }
    }
    return letters;
  }

  static EventDigest digest(List<Long> ids) {
    return EventDigest.of(ids.stream().mapToLong(Long::longValue).toArray());
  }

  private static List<DeadLetter> parsedLetters(PublishedEntry entry) {
    try {
      return DeadLetterBatch.parseFrom(entry.payload()).getDeadLettersList();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static EventBatch parsed(PublishedEntry entry) {
    try {
      return EventBatch.parseFrom(entry.payload());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
