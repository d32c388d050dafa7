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
import icecube.v1.EventBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A consumer that publishes the bytes of every entry as they are, so that a test finds in the
 * predictions what the emitter has brought.
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
          var all = new OutcomePart(entry.payload(), entry.eventCount(), entry.digest());
          var unused =
              log.complete(
                  partition, new Completion(NAME, entry.id(), false, all, OutcomePart.NONE));
        }
      }
    }
  }

  /** Every batch published, partition after partition, with checks of sequence and digest. */
  List<EventBatch> published() {
    List<EventBatch> batches = new ArrayList<>();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      long sequence = 0;
      for (PublishedEntry entry : log.predictions(partition, "", COUNT_MAX)) {
        assertThat(entry.source()).isEqualTo(EntryId.of(++sequence));
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

  static EventDigest digest(List<Long> ids) {
    return EventDigest.of(ids.stream().mapToLong(Long::longValue).toArray());
  }

  private static EventBatch parsed(PublishedEntry entry) {
    try {
      return EventBatch.parseFrom(entry.payload());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
