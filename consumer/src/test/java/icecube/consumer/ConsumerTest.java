// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.event;
import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.PulseSeries;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.EventDigest;
import icecube.stream.EventLog;
import icecube.stream.InMemoryEventLog;
import icecube.v1.DeadLetter;
import icecube.v1.EventResult;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Prediction;
import icecube.v1.Reason;
import icecube.v1.Rejection;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsumerTest {
  private static final Duration LEASE = Duration.ofMillis(300);

  private final InMemoryEventLog log = new InMemoryEventLog(2);
  private final TestStream stream = new TestStream(log);
  private final FakeModelServer server = new FakeModelServer();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<AutoCloseable> open = new ArrayList<>(List.of(server));

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    Await.until(
        "no thread of the consumer left",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("consumer-")));
  }

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
            new Event(8, pulses),
            new Event(1, pulses)),
        List.of(
            Rejection.newBuilder()
                .setEventIndex(8)
                .setReason(Reason.REASON_EVENT_ID_DUPLICATE)
                .setMessage("test: twice")
                .build()));
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
            Reason.REASON_EVENT_TOO_LARGE,
            Reason.REASON_EVENT_ID_DUPLICATE);
    assertThat(stream.deadLetters())
        .allSatisfy(
            letter -> {
              assertThat(letter.getMessage()).isNotEmpty();
              assertThat(letter.getEvent().getEventIdList()).containsExactly(letter.getEventId());
            });
  }

  @Test
  void anEntryOfBadEventsOnlyNeedsNoModelServer() {
    server.kill();
    stream.append(List.of(new Event(1, PulseSeries.EMPTY)), List.of());
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.deadLetters()).hasSize(1);
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
                        "entry: entry: 0 events (expected: the 1 that were appended) (expected: an"
                            + " EventBatch)"));
  }

  @Test
  void whatTheServerSaysOfOneEventConcernsThatEventOnly() {
    server.with(
        (request, responses) ->
            responses.onNext(
                edited(
                    request,
                    id ->
                        id % 3 == 0
                            ? FakeModelServer.error(id, Reason.REASON_CHARGE_OUT_OF_RANGE)
                            : predicted(id))));
    stream.appendAll(9, 9);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.deadLetters()).extracting(DeadLetter::getEventId).containsExactly(3L, 6L, 9L);
  }

  @Test
  void aPredictionThatIsNoDirectionIsDeadLettered() {
    server.with(
        (request, responses) ->
            responses.onNext(
                edited(
                    request,
                    id ->
                        id == 2
                            ? EventResult.newBuilder()
                                .setPrediction(
                                    FakeModelServer.prediction(2).toBuilder()
                                        .setX(Double.NaN)
                                        .build())
                                .build()
                            : predicted(id))));
    stream.append(1, 2, 3);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).containsExactly(1L, 3L);
    assertThat(stream.deadLetters())
        .singleElement()
        .satisfies(
            letter -> assertThat(letter.getReason()).isEqualTo(Reason.REASON_PREDICTION_INVALID));
  }

  @Test
  void aServerKilledAndRestartedMidWayLosesNothing() {
    stream.appendAll(2_000, 4);
    var seen = new AtomicInteger();
    server.with(
        (request, responses) -> {
          if (seen.incrementAndGet() < 100) {
            FakeModelServer.predict(request, responses);
          }
        });
    start(log, settings());
    Await.until("half way", () -> seen.get() >= 100);
    server.kill();
    server.with(FakeModelServer::predict).restart();
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(2_000));
    assertThat(stream.deadLetters()).isEmpty();
    assertThat(meters.counter("icecube.consumer.links.lost").count()).isPositive();
  }

  @Test
  void aServerThatComesLateIsWaitedFor() {
    server.kill();
    stream.append(1, 2);
    var consumer = start(log, settings());
    Await.until("tried", () -> retried("UNAVAILABLE") > 2);
    assertThat(consumer.isReady()).isFalse();
    server.restart();
    stream.awaitBalance();
    Await.until("ready", consumer::isReady);
  }

  @Test
  void aServerThatHangsIsLeftForAnother() {
    var hanging = new FakeModelServer().with(FakeModelServer::hang);
    open.add(hanging);
    stream.appendAll(200, 4);
    start(
        log,
        ConsumerSettings.of(List.of(hanging.target(), server.target()), "")
            .withWaits(Duration.ofMillis(300), Duration.ofMillis(50), Duration.ofSeconds(5)));
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(200));
    // A stream without a sign of life is cut and opened anew.
    Await.until("opened again", () -> hanging.streams() > 1);
  }

  @Test
  void aServerThatDropsAnswersIsAskedAgain() {
    var seen = new AtomicInteger();
    server.with(
        (request, responses) -> {
          if (seen.incrementAndGet() % 5 != 0) {
            FakeModelServer.predict(request, responses);
          }
        });
    stream.appendAll(120, 4);
    start(
        log,
        settings().withWaits(Duration.ofMillis(200), Duration.ofMillis(50), Duration.ofSeconds(5)));
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(120));
  }

  @Test
  void aSecondAnswerToTheSameRequestChangesNothing() {
    server.with(
        (request, responses) -> {
          FakeModelServer.predict(request, responses);
          FakeModelServer.predict(request, responses);
        });
    stream.appendAll(40, 4);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(40));
    Await.until(
        "counted", () -> meters.counter("icecube.consumer.answers.unexpected").count() >= 10);
  }

  @Test
  void anAnswerThatDoesNotFitItsRequestIsNotBelieved() {
    var seen = new AtomicInteger();
    server.with(
        (request, responses) -> {
          var right = FakeModelServer.answer(request).toBuilder();
          switch (seen.getAndIncrement()) {
            case 0 -> responses.onNext(right.removeResults(0).build());
            case 1 -> responses.onNext(right.setResults(0, predicted(99)).build());
            case 2 ->
                responses.onNext(right.setResults(0, EventResult.getDefaultInstance()).build());
            default -> responses.onNext(right.build());
          }
        });
    stream.append(1, 2, 3);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(3));
    assertThat(retried("ANSWER_INVALID")).isEqualTo(3);
  }

  @Test
  void anOverloadedServerIsAskedLessAndLater() {
    server.with(
        (request, responses) ->
            FakeModelServer.refuse(request, responses, Reason.REASON_QUEUE_FULL));
    stream.appendAll(200, 2);
    start(log, settings());
    Await.until(
        "a smaller window",
        () -> meters.get("icecube.consumer.window.entries").gauge().value() <= 4);
    assertThat(retried("QUEUE_FULL")).isPositive();
    server.with(FakeModelServer::predict);
    stream.awaitBalance();
    assertThat(stream.deadLetters()).isEmpty();
    assertThat(meters.get("icecube.consumer.window.entries").gauge().value()).isGreaterThan(4);
  }

  @Test
  void anUnknownModelIsNoEventsFault() {
    server.with(
        (request, responses) ->
            FakeModelServer.refuse(request, responses, Reason.REASON_MODEL_UNKNOWN));
    stream.append(1, 2, 3);
    var consumer = start(log, settings());
    Await.until("refused", () -> retried("MODEL_UNKNOWN") > 1);
    assertThat(consumer.isReady()).isFalse();
    assertThat(stream.published()).isZero();
    server.with(FakeModelServer::predict);
    stream.awaitBalance();
    assertThat(stream.deadLetters()).isEmpty();
    Await.until("ready again", consumer::isReady);
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
  void theEntriesOfADeadConsumerAreTakenOver() {
    stream.appendAll(40, 4);
    try (var dead = log.openReader(0, "dead")) {
      assertThat(dead.readNew(3, Duration.ZERO)).hasSize(3);
    }
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(40));
  }

  @Test
  void leasesAreRenewedWhileTheServerThinks() {
    var late = new ConcurrentLinkedQueue<Runnable>();
    server.with(
        (request, responses) -> late.add(() -> FakeModelServer.predict(request, responses)));
    stream.append(1);
    start(log, settings());
    Await.until("asked", () -> late.size() == 1);
    var other = new FakeModelServer();
    open.add(other);
    start(log, ConsumerSettings.of(List.of(other.target()), "").withClaim(claim()));
    long asked = System.nanoTime();
    Await.until("three leases over", () -> System.nanoTime() - asked > 3 * LEASE.toNanos());
    assertThat(other.requests()).isZero();
    late.forEach(Runnable::run);
    stream.awaitBalance();
  }

  @Test
  void aZombieCannotPublishASecondTime() {
    var answers = new ConcurrentLinkedQueue<Runnable>();
    server.with(
        (request, responses) -> answers.add(() -> FakeModelServer.predict(request, responses)));
    stream.append(1, 2, 3);
    // It believes that it renews, as one does that was stopped and goes on.
    var frozen =
        new ForwardingEventLog(log) {
          @Override
          public Set<Long> renew(int partition, String consumer, Collection<Long> sequences) {
            return Set.copyOf(sequences);
          }
        };
    var zombie = start(frozen, settings());
    Await.until("asked", () -> answers.size() == 1);
    var other = new FakeModelServer();
    open.add(other);
    start(log, ConsumerSettings.of(List.of(other.target()), "").withClaim(claim()));
    Await.until("published by the other", () -> stream.published() == 3);
    answers.forEach(Runnable::run);
    Await.until("let go", () -> zombie.eventsInFlight() == 0);
    stream.awaitBalance();
    assertThat(meters.counter("icecube.consumer.entries.stale").count()).isEqualTo(1);
    assertThat(stream.predictedIds()).isEqualTo(ids(3));
  }

  @Test
  void anEntryTakenAwayIsNotTriedForEver() {
    server.kill();
    var cutOff =
        new ForwardingEventLog(log) {
          @Override
          public Set<Long> renew(int partition, String consumer, Collection<Long> sequences) {
            return Set.of();
          }

          @Override
          public Claim claim(int partition, String name, ClaimSettings how, boolean lone) {
            return new Claim(Claim.Kind.ORDINARY, 0, List.of());
          }
        };
    stream.append(1);
    var consumer = start(cutOff, settings());
    Await.until("in flight", () -> consumer.eventsInFlight() == 1);
    Await.until("let go", () -> consumer.eventsInFlight() == 0);
    assertThat(meters.counter("icecube.consumer.entries.abandoned").count()).isEqualTo(1);
    server.restart();
    start(log, settings());
    stream.awaitBalance();
  }

  @Test
  void whatTheLogForgotIsLetGoAndReadAgain() {
    server.with(FakeModelServer::hang);
    var before = log.image(0);
    stream.append(1);
    var consumer = start(log, settings());
    Await.until("in flight", () -> consumer.eventsInFlight() == 1);
    log.restore(0, before);
    server.with(FakeModelServer::predict);
    server.kill();
    server.restart();
    Await.until("let go", () -> consumer.eventsInFlight() == 0);
    assertThat(stream.published()).isZero();
  }

  @Test
  void anEntryThatFailsEveryConsumerEndsAsCrashLoopAndCostsNoNeighbour() {
    var failing =
        new ForwardingEventLog(log) {
          @Override
          public Optional<DetectorGeometry> geometry(String hash) {
            if (hash.equals("poison")) {
              throw new IllegalStateException("test: a bug that this entry triggers");
            }
            return super.geometry(hash);
          }
        };
    stream.appendAll(40, 4);
    stream.append(poison(100, 101));
    stream.append(41, 42);
    start(failing, settings());
    start(failing, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(42));
    assertThat(stream.deadLetters())
        .hasSize(2)
        .allSatisfy(letter -> assertThat(letter.getReason()).isEqualTo(Reason.REASON_CRASH_LOOP));
  }

  @Test
  void aSuspectThatIsInnocentIsPredictedAlone() {
    var held = new ConcurrentLinkedQueue<Runnable>();
    server.with(
        (request, responses) -> held.add(() -> FakeModelServer.predict(request, responses)));
    stream.append(1, 2);
    die(claim().suspectAt());
    start(log, settings());
    Await.until("asked for the suspect", () -> held.size() == 1);
    stream.appendAll(20, 2);
    long asked = System.nanoTime();
    Await.until("two leases over", () -> System.nanoTime() - asked > 2 * LEASE.toNanos());
    assertThat(server.requests()).isEqualTo(1);
    server.with(FakeModelServer::predict);
    held.forEach(Runnable::run);
    Await.until("all published", () -> stream.backlog() == 0);
    assertThat(stream.deadLetters()).isEmpty();
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

  @Test
  void aStreamThatTheServerEndsIsOpenedAgain() {
    var seen = new AtomicInteger();
    server.with(
        (request, responses) -> {
          switch (seen.incrementAndGet() % 9) {
            case 0 -> responses.onError(Status.INTERNAL.asRuntimeException());
            case 5 -> responses.onCompleted();
            default -> FakeModelServer.predict(request, responses);
          }
        });
    stream.appendAll(160, 4);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(160));
    assertThat(server.streams()).isGreaterThan(2);
  }

  private void die(int deliveries) {
    try (var reader = log.openReader(0, "dying-0")) {
      assertThat(reader.readNew(1, Duration.ZERO)).hasSize(1);
    }
    for (int death = 1; death < deliveries; death++) {
      String name = "dying-" + death;
      Await.until("claimed", () -> !log.claim(0, name, claim(), false).entries().isEmpty());
    }
  }

  private Consumer start(EventLog from, ConsumerSettings settings) {
    var consumer = Consumer.start(from, settings, meters);
    open.add(0, consumer);
    return consumer;
  }

  private ConsumerSettings settings() {
    return ConsumerSettings.of(List.of(server.target()), "")
        .withClaim(claim())
        .withWaits(Duration.ofSeconds(5), Duration.ofMillis(50), Duration.ofSeconds(5));
  }

  private static ClaimSettings claim() {
    return new ClaimSettings(LEASE, 16, 3, 2);
  }

  private double retried(String reason) {
    return meters.counter("icecube.consumer.entries.retried", "reason", reason).count();
  }

  private interface ResultOf {
    EventResult of(long eventId);
  }

  private static PredictResponse edited(PredictRequest request, ResultOf result) {
    var response = PredictResponse.newBuilder().setRequestId(request.getRequestId());
    request.getFeatures().getEventIdList().forEach(id -> response.addResults(result.of(id)));
    return response.build();
  }

  private static EventResult predicted(long eventId) {
    Prediction prediction = FakeModelServer.prediction(eventId);
    return EventResult.newBuilder().setPrediction(prediction).build();
  }

  private static Event large(long id) {
    int count = 262_145;
    return event(id, new int[count], new float[count], new float[count]);
  }

  private static byte[] emptyBatch() {
    return icecube.v1.EventBatch.getDefaultInstance().toByteArray();
  }

  private static icecube.v1.EventBatch poison(long... ids) {
    var batch =
        icecube.v1.EventBatch.newBuilder()
            .setDetector(icecube.v1.Detector.newBuilder().setGeometryHash("poison"));
    for (long id : ids) {
      batch.addEventId(id).addPulseCount(1);
      batch.addSensorId(1).addTimeNs(1).addChargePe(1).addAuxiliary(false);
    }
    return batch.build();
  }
}
