// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.event;
import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import icecube.stream.EventDigest;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.ForwardingEventLog;
import icecube.v1.DeadLetter;
import icecube.v1.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConsumerTest extends ConsumerFixture {
  @Test
  void everyEventIsPredictedOnce() {
    stream.appendAll(500, 7);
    var consumer = start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(500));
    assertThat(stream.deadLetters()).isEmpty();
    Await.until("nothing in flight", () -> consumer.eventsInFlight() == 0);
    assertThat(meters.counter("icecube.consumer.events.predicted").count()).isEqualTo(500);
    assertThat(meters.timer("icecube.consumer.event.age").count()).isEqualTo(72);
  }

  @Test
  void aPublicationKeepsTheTimeOfEmissionAndAddsItsOwn() {
    stream.append(1);
    start(log, settings());
    stream.awaitBalance();
    var batch = TestStream.parsedPredictions(log.predictions(0, "", 1).get(0).payload());
    assertThat(batch.getEmittedUnixUs()).isEqualTo(1_700_000_000_000_000L);
    assertThat(batch.getPublishedUnixUs()).isPositive();
  }

  @Test
  void eventsThatComeLaterAreConsumedToo() {
    var consumer = start(log, settings());
    Await.until("ready", consumer::isReady);
    stream.append(1, 2, 3);
    Await.until("published", () -> stream.published() == 3);
    stream.append(4);
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(4));
  }

  @Test
  void badEventsAreDeadLetteredEachWithItsReasonAndTheirNeighboursPredicted() {
    var pulses = event(1).pulses();
    stream.append(
        List.of(
            event(1),
            new Event(2, PulseSeries.EMPTY),
            event(3, new int[] {5_160}, new float[] {1}, new float[] {1}),
            event(4, new int[] {1}, new float[] {-1}, new float[] {1}),
            event(5, new int[] {1, 2}, new float[] {2, 1}, new float[] {1, 1}),
            event(6, new int[] {1}, new float[] {1}, new float[] {Float.NaN}),
            large(7),
            new Event(8, pulses)));
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).containsExactly(1L, 8L);
    assertThat(stream.deadLetters())
        .extracting(DeadLetter::getReason)
        .containsExactly(
            Reason.REASON_EVENT_EMPTY,
            Reason.REASON_SENSOR_UNKNOWN,
            Reason.REASON_TIME_OUT_OF_RANGE,
            Reason.REASON_TIME_UNSORTED,
            Reason.REASON_CHARGE_OUT_OF_RANGE,
            Reason.REASON_EVENT_TOO_LARGE);
    assertThat(stream.deadLetters())
        .allSatisfy(
            letter -> {
              assertThat(letter.getMessage()).isNotEmpty();
              assertThat(letter.getEvent().getEventIdList()).containsExactly(letter.getEventId());
            });
  }

  @Test
  void anEntryOfBadEventsOnlyAsksNoModelServer() {
    server.with(FakeModelServer::hang);
    stream.append(List.of(new Event(1, PulseSeries.EMPTY)));
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.deadLetters()).hasSize(1);
    assertThat(server.requests()).isZero();
  }

  @Test
  void anUnreadableEntryCountsAsManyEventsAsWereAppended() {
    stream.append("no batch".getBytes(StandardCharsets.UTF_8), 3, EventDigest.of(11, 12, 13));
    stream.append(1, 2);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(2));
    assertThat(stream.deadLetters())
        .hasSize(3)
        .allSatisfy(
            letter -> assertThat(letter.getReason()).isEqualTo(Reason.REASON_ENTRY_UNREADABLE));
    assertThat(stream.deadLetters().get(0).getUnreadableEntry().toStringUtf8())
        .isEqualTo("no batch");
  }

  @Test
  void anEntryThatNowHoldsOtherEventsIsUnreadable() {
    stream.append(emptyBatch(), 1, EventDigest.of(1));
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.deadLetters())
        .singleElement()
        .satisfies(
            letter ->
                assertThat(letter.getMessage())
                    .isEqualTo(
                        "no EventBatch of what was appended: entry: 0 events (expected: the 1 that"
                            + " were appended)"));
  }

  @Test
  void anUnknownDetectorIsWaitedFor() {
    var bare = new InMemoryEventLog(1);
    var hidden =
        new ForwardingEventLog(bare) {
          private final AtomicInteger asked = new AtomicInteger();

          @Override
          public Optional<DetectorGeometry> geometry(String hash) {
            return asked.incrementAndGet() < 3 ? Optional.empty() : super.geometry(hash);
          }
        };
    var filled = new TestStream(bare);
    filled.append(1);
    start(hidden, settings());
    filled.awaitBalance();
    assertThat(filled.predictedIds()).containsExactly(1L);
    assertThat(retried("DETECTOR_UNKNOWN")).isEqualTo(2);
  }

  @Test
  void aClosingConsumerFinishesWhatItHas() {
    var answers = new ConcurrentLinkedQueue<Runnable>();
    server.with(
        (request, responses) -> answers.add(() -> FakeModelServer.predict(request, responses)));
    stream.append(1, 2);
    var consumer = start(log, settings());
    Await.until("asked", () -> answers.size() == 1);
    var closing = new Thread(consumer::close, "test-closing");
    closing.start();
    Await.until("not ready", () -> !consumer.isReady());
    answers.forEach(Runnable::run);
    Await.until("closed", () -> !closing.isAlive());
    assertThat(stream.predictedIds()).isEqualTo(ids(2));
  }

  @Test
  void whatAClosedConsumerCouldNotFinishAnotherDoes() {
    server.with(FakeModelServer::hang);
    stream.appendAll(80, 4);
    var first =
        start(
            log,
            settings()
                .withWaits(Duration.ofSeconds(10), Duration.ofMillis(50), Duration.ofMillis(100)));
    Await.until("in flight", () -> first.eventsInFlight() > 0);
    first.close();
    assertThat(stream.published()).isZero();
    server.with(FakeModelServer::predict);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(80));
  }

  private static Event large(long id) {
    int count = 262_145;
    return event(id, new int[count], new float[count], new float[count]);
  }

  private static byte[] emptyBatch() {
    return icecube.v1.EventBatch.getDefaultInstance().toByteArray();
  }
}
