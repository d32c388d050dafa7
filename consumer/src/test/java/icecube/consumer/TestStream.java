// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import icecube.proto.EventCodec;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.PartitionAccount;
import icecube.stream.Reconciliation;
import icecube.v1.DeadLetter;
import icecube.v1.DeadLetterBatch;
import icecube.v1.EventBatch;
import icecube.v1.Prediction;
import icecube.v1.PredictionBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** A log filled by hand, and what the consumers have made of it. */
final class TestStream {
  private static final int COUNT_MAX = 10_000;
  private static final String FINGERPRINT = "test";

  private final EventLog log;
  private int next;

  TestStream(EventLog log) {
    this.log = log;
    log.putGeometry(IceCube86.geometry());
  }

  static Event event(long id) {
    return event(id, new int[] {5, 6, 67}, new float[] {10, 20, 30}, new float[] {1, 2, 3});
  }

  static Event event(long id, int[] sensorId, float[] timeNs, float[] chargePe) {
    return new Event(id, PulseSeries.of(sensorId, timeNs, chargePe, new boolean[sensorId.length]));
  }

  /** Appends sound events with these ids as one entry of the next partition. */
  void append(long... ids) {
    append(LongStream.of(ids).mapToObj(TestStream::event).toList());
  }

  /** Appends entries of {@code size} sound events until there are the ids 1 to {@code count}. */
  void appendAll(int count, int size) {
    for (long id = 1; id <= count; id += size) {
      append(LongStream.range(id, Math.min(id + size, count + 1)).toArray());
    }
  }

  void append(List<Event> events) {
    append(batch(events));
  }

  static EventBatch batch(List<Event> events) {
    return EventCodec.encode(events, IceCube86.geometry()).toBuilder()
        .setEmittedUnixUs(1_700_000_000_000_000L)
        .build();
  }

  void append(EventBatch batch) {
    long[] ids = batch.getEventIdList().stream().mapToLong(Long::longValue).toArray();
    append(batch.toByteArray(), ids.length, EventDigest.of(ids));
  }

  void append(byte[] payload, int eventCount, EventDigest digest) {
    int partition = next++ % log.partitionCount();
    var mark = log.openProducer(partition, FINGERPRINT);
    var entry = new EventEntry(payload, eventCount, digest);
    log.append(partition, mark.epoch(), mark.lastSequence() + 1, List.of(entry), COUNT_MAX);
  }

  /** The source has no more. */
  void finish() {
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      var mark = log.openProducer(partition, FINGERPRINT);
      log.finishProducer(partition, mark.epoch(), mark.lastSequence());
    }
  }

  long backlog() {
    long backlog = 0;
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      backlog += log.account(partition).backlog();
    }
    return backlog;
  }

  long published() {
    long published = 0;
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      PartitionAccount account = log.account(partition);
      published += account.predicted() + account.deadLettered();
    }
    return published;
  }

  /** Waits until everything is published, and checks the balance sheet. */
  void awaitBalance() {
    finish();
    Await.until("everything published", () -> backlog() == 0);
    var reconciliation = Reconciliation.of(log);
    assertThat(reconciliation.disagreements()).isEmpty();
    assertThat(reconciliation.isComplete()).as("%s", reconciliation).isTrue();
  }

  List<Prediction> predictions() {
    List<Prediction> predictions = new ArrayList<>();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      for (var entry : log.predictions(partition, "", COUNT_MAX)) {
        predictions.addAll(parsedPredictions(entry.payload()).getPredictionsList());
      }
    }
    return predictions;
  }

  List<Long> predictedIds() {
    return predictions().stream().map(Prediction::getEventId).sorted().toList();
  }

  List<DeadLetter> deadLetters() {
    List<DeadLetter> letters = new ArrayList<>();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      for (var entry : log.deadLetters(partition, "", COUNT_MAX)) {
        try {
          letters.addAll(DeadLetterBatch.parseFrom(entry.payload()).getDeadLettersList());
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    return letters;
  }

  static PredictionBatch parsedPredictions(byte[] payload) {
    try {
      return PredictionBatch.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static List<Long> ids(int count) {
    return LongStream.rangeClosed(1, count).boxed().toList();
  }
}
