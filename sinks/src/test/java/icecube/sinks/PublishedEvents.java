// SPDX-License-Identifier: Apache-2.0
package icecube.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.OutcomePart;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Publishes into a log what an emitter and a consumer would, entry by entry. */
final class PublishedEvents {
  private static final int BACKLOG_MAX = 1_000;

  private final EventLog log;
  private final List<Long> epochs = new ArrayList<>();
  private final List<Long> sequences = new ArrayList<>();
  private long nextEvent = 1;
  private String traceparent = "";

  PublishedEvents(EventLog log) {
    this.log = log;
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      epochs.add(log.openProducer(partition, "test").epoch());
      sequences.add(1L);
    }
  }

  /** What is published from now on names this span; empty for none. */
  void traceBy(String span) {
    traceparent = span;
  }

  /** Publishes one entry of {@code predicted} predictions and {@code letters} dead letters. */
  void publish(int partition, String model, String version, int predicted, int letters)
      throws Exception {
    long[] ids = LongStream.range(nextEvent, nextEvent + predicted + letters).toArray();
    nextEvent += ids.length;
    long sequence = sequences.get(partition);
    sequences.set(partition, sequence + 1);
    var entry = new EventEntry(new byte[] {1}, ids.length, EventDigest.of(ids));
    log.append(partition, epochs.get(partition), sequence, List.of(entry), BACKLOG_MAX);
    try (EventLog.EntryReader reader = log.openReader(partition, "consumer-1")) {
      for (DeliveredEntry delivered : reader.readNew(1, Duration.ofSeconds(5))) {
        CompletionOutcome outcome =
            log.complete(
                    partition,
                    new Completion(
                        "consumer-1",
                        delivered.id(),
                        false,
                        predictions(model, version, LongStream.of(ids).limit(predicted)),
                        letters(LongStream.of(ids).skip(predicted))))
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
        assertThat(outcome).isEqualTo(CompletionOutcome.PUBLISHED);
      }
    }
  }

  /** A batch whose events were 20 ms on their way and look straight up, with 0.1 rad of doubt. */
  static PredictionBatch batch(String model, String version, LongStream ids) {
    PredictionBatch.Builder batch =
        PredictionBatch.newBuilder().setEmittedUnixUs(1_000_000).setPublishedUnixUs(1_020_000);
    ids.forEach(
        id ->
            batch.addPredictions(
                Prediction.newBuilder()
                    .setEventId(id)
                    .setZ(1)
                    .setRadius50Rad(0.1)
                    .setModelName(model)
                    .setModelVersion(version)));
    return batch.build();
  }

  private OutcomePart predictions(String model, String version, LongStream ids) {
    PredictionBatch batch =
        batch(model, version, ids).toBuilder().setTraceparent(traceparent).build();
    long[] of = batch.getPredictionsList().stream().mapToLong(Prediction::getEventId).toArray();
    return of.length == 0
        ? OutcomePart.NONE
        : new OutcomePart(batch.toByteArray(), of.length, EventDigest.of(of));
  }

  private static OutcomePart letters(LongStream ids) {
    long[] of = ids.toArray();
    DeadLetterBatch.Builder batch = DeadLetterBatch.newBuilder();
    for (long id : of) {
      batch.addDeadLetters(
          DeadLetter.newBuilder().setEventId(id).setReason(Reason.REASON_EVENT_EMPTY));
    }
    return of.length == 0
        ? OutcomePart.NONE
        : new OutcomePart(batch.build().toByteArray(), of.length, EventDigest.of(of));
  }
}
