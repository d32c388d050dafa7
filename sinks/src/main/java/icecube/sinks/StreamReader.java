// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.stream.EventLog;
import icecube.stream.PublishedEntry;
import icecube.v1.PredictionBatch;
import io.opentelemetry.api.trace.Span;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a stream publishes from a place on, without a consumer group: nothing is held, and
 * nothing is acknowledged, so that {@code icecube trim} asks others alone. Confined to one thread.
 */
final class StreamReader {
  /** Entries read at once; 32 events each. */
  static final int ENTRIES_MAX = 256;

  private static final Logger LOG = LoggerFactory.getLogger(StreamReader.class);

  private final EventLog log;
  private final SinkMetrics metrics;
  private final SinkSpans spans;
  private Places places;

  StreamReader(EventLog log, SinkMetrics metrics, SinkSpans spans, Places places) {
    if (places.predictions().size() != log.partitionCount()) {
      throw new IllegalArgumentException(
          "partitions: %d (expected: %d, as the runs in MLflow say); choose another experiment"
              .formatted(log.partitionCount(), places.predictions().size()));
    }
    this.log = log;
    this.metrics = metrics;
    this.spans = spans;
    this.places = places;
  }

  /** How far it has read. */
  Places places() {
    return places;
  }

  /**
   * Adds to {@code window} what was published since the last time, at most {@value #ENTRIES_MAX}
   * entries of each stream of each partition.
   *
   * @return whether there may be more now
   * @throws icecube.stream.EventLogException if the log does not answer; what was read until then
   *     is in the window, and the place after it
   */
  boolean read(Window window) {
    boolean isMore = false;
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      List<PublishedEntry> predictions =
          log.predictions(partition, places.predictions().get(partition), ENTRIES_MAX);
      for (PublishedEntry entry : predictions) {
        add(window, partition, entry);
        places = places.withPredictions(partition, entry.id());
      }
      List<PublishedEntry> letters =
          log.deadLetters(partition, places.deadLetters().get(partition), ENTRIES_MAX);
      for (PublishedEntry entry : letters) {
        window.addDeadLetters(entry.eventCount());
        metrics.deadLettered(entry.eventCount());
        places = places.withDeadLetters(partition, entry.id());
      }
      isMore |= predictions.size() == ENTRIES_MAX || letters.size() == ENTRIES_MAX;
    }
    return isMore;
  }

  private void add(Window window, int partition, PublishedEntry entry) {
    try {
      PredictionBatch batch = PredictionBatch.parseFrom(entry.payload());
      Span span = spans.process(partition, entry, batch.getTraceparent());
      window.add(batch);
      window.link(span.getSpanContext());
      span.end();
      metrics.predicted(entry.eventCount());
    } catch (InvalidProtocolBufferException e) {
      metrics.unreadable(entry.eventCount());
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("entry_id", entry.id())
          .addKeyValue("events", entry.eventCount())
          .log("predictions cannot be read and are passed over");
    }
  }
}
