// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.dataset.PredictionRow;
import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import icecube.stream.PublishedEntry;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Follows what a stream publishes: predictions, dead letters, and how old each event was. Holds all
 * of it, about 200 bytes an event, because a submission is sorted by event. Confined to one thread.
 */
final class PredictionCollector {
  /** Entries read at once; 32 events each. */
  private static final int READ_MAX = 256;

  private static final long AGE_MAX_MICROS = 3_600_000_000L;

  private final EventLog log;
  private final String[] predictionsRead;
  private final String[] deadLettersRead;
  private final List<PredictionRow> rows = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final Histogram ageMicros = new Histogram(AGE_MAX_MICROS, 3);

  PredictionCollector(EventLog log) {
    this.log = log;
    this.predictionsRead = emptyIds(log.partitionCount());
    this.deadLettersRead = emptyIds(log.partitionCount());
  }

  private static String[] emptyIds(int count) {
    String[] ids = new String[count];
    Arrays.fill(ids, "");
    return ids;
  }

  /** Reads what has been published since the last call; returns how many events that was. */
  int collect() {
    int before = count();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      collectPredictions(partition);
      collectDeadLetters(partition);
    }
    return count() - before;
  }

  /** Events collected so far. */
  int count() {
    return rows.size() + deadLetters.size();
  }

  private void collectPredictions(int partition) {
    List<PublishedEntry> entries;
    do {
      entries = log.predictions(partition, predictionsRead[partition], READ_MAX);
      for (PublishedEntry entry : entries) {
        add(parsePredictions(entry));
        predictionsRead[partition] = entry.id();
      }
    } while (entries.size() == READ_MAX);
  }

  private void collectDeadLetters(int partition) {
    List<PublishedEntry> entries;
    do {
      entries = log.deadLetters(partition, deadLettersRead[partition], READ_MAX);
      for (PublishedEntry entry : entries) {
        parseDeadLetters(entry).getDeadLettersList().forEach(this::addWithoutEvent);
        deadLettersRead[partition] = entry.id();
      }
    } while (entries.size() == READ_MAX);
  }

  private void add(PredictionBatch batch) {
    long age = batch.getPublishedUnixUs() - batch.getEmittedUnixUs();
    for (Prediction prediction : batch.getPredictionsList()) {
      rows.add(PredictionRows.of(prediction));
      ageMicros.recordValue(Math.max(0, Math.min(AGE_MAX_MICROS, age)));
    }
  }

  /** The reason is what a person reads; the pulses stay in the stream. */
  private void addWithoutEvent(DeadLetter letter) {
    deadLetters.add(letter.toBuilder().clearEvent().clearUnreadableEntry().build());
  }

  private static PredictionBatch parsePredictions(PublishedEntry entry) {
    try {
      return PredictionBatch.parseFrom(entry.payload());
    } catch (InvalidProtocolBufferException e) {
      throw new EventLogException("predictions " + entry.id() + ": " + e.getMessage(), e);
    }
  }

  private static DeadLetterBatch parseDeadLetters(PublishedEntry entry) {
    try {
      return DeadLetterBatch.parseFrom(entry.payload());
    } catch (InvalidProtocolBufferException e) {
      throw new EventLogException("dead letters " + entry.id() + ": " + e.getMessage(), e);
    }
  }

  /** All predictions, by event id. */
  List<PredictionRow> rowsByEvent() {
    rows.sort(Comparator.comparingLong(PredictionRow::eventId));
    return List.copyOf(rows);
  }

  /** All dead letters, without their pulses. */
  List<DeadLetter> deadLetters() {
    return List.copyOf(deadLetters);
  }

  RunSummary.LatencyMs latency() {
    return new RunSummary.LatencyMs(
        ageMicros.getValueAtPercentile(50) / 1e3, ageMicros.getValueAtPercentile(99) / 1e3);
  }
}
