// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.DetectorGeometry;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.Completion;
import icecube.stream.CompletionOutcome;
import icecube.stream.EntryId;
import icecube.stream.EventLogException;
import icecube.testkit.ForwardingEventLog;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who holds an entry, for how long, and who gets it next. */
class LeaseKeeperTest extends ConsumerFixture {
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
          public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
            return Set.copyOf(ids);
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
    server.with(
        (request, responses) ->
            FakeModelServer.refuse(request, responses, Reason.REASON_MODEL_NOT_READY));
    var cutOff =
        new ForwardingEventLog(log) {
          @Override
          public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
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
    server.with(FakeModelServer::predict);
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
  void restartsWhileNoServerIsReadyBlameNoEntry() {
    server.with(
        (request, responses) ->
            FakeModelServer.refuse(request, responses, Reason.REASON_MODEL_NOT_READY));
    stream.appendAll(40, 4);
    var impatient =
        settings().withWaits(Duration.ofSeconds(5), Duration.ofMillis(20), Duration.ZERO);
    for (int restart = 0; restart < 8; restart++) {
      var consumer = start(log, impatient);
      Await.until("all in flight", () -> consumer.eventsInFlight() == 40);
      consumer.close();
    }
    server.with(FakeModelServer::predict);
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(40));
    assertThat(stream.deadLetters()).isEmpty();
  }

  @Test
  void killsWhileNoServerIsThereBlameNoEntry() {
    server.with(FakeModelServer::hang);
    stream.appendAll(40, 4);
    var survivor = start(log, settings());
    Await.until("in flight", () -> survivor.eventsInFlight() == 40);
    server.kill();
    Await.until("handed back", () -> survivor.eventsInFlight() == 0);
    for (int death = 0; death < 8; death++) {
      var mortal = new MortalEventLog(log);
      var victim = start(mortal, settings());
      Await.until("it has looked around", () -> mortal.meetings() > 2);
      assertThat(victim.eventsInFlight()).isZero();
      mortal.kill();
      victim.close();
    }
    assertThat(log.account(0).backlog() + log.account(1).backlog()).isEqualTo(10);
    server.with(FakeModelServer::predict).restart();
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(40));
    assertThat(stream.deadLetters()).isEmpty();
    assertThat(meters.counter("icecube.consumer.suspects.deferred").count()).isZero();
  }

  @Test
  void ofAnEntryThatKillsOnlyTheKillerIsDeadLettered() {
    var deaths = new AtomicInteger();
    var killing =
        new ForwardingEventLog(log) {
          @Override
          public CompletionStage<CompletionOutcome> complete(int partition, Completion completion) {
            var batch = TestStream.parsedPredictions(completion.predictions().payload());
            if (batch.getPredictionsList().stream().anyMatch(each -> each.getEventId() == 3)) {
              deaths.incrementAndGet();
              throw new IllegalStateException("test: a bug that event 3 triggers");
            }
            return super.complete(partition, completion);
          }
        };
    stream.appendAll(40, 4);
    start(killing, settings());
    start(killing, settings());
    stream.awaitBalance();
    assertThat(stream.deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.getReason()).isEqualTo(Reason.REASON_CRASH_LOOP);
              assertThat(letter.getEventId()).isEqualTo(3);
              assertThat(letter.getEvent().getEventIdList()).containsExactly(3L);
            });
    assertThat(stream.predictedIds()).hasSize(39).doesNotContain(3L);
    assertThat(meters.counter("icecube.consumer.events.set.apart", "reason", "CRASH_LOOP").count())
        .isEqualTo(4);
    int alone = claim().loneDeliveriesMax();
    assertThat(deaths.get())
        .as("deliveries until suspected and alone, then as a piece twice and alone")
        .isEqualTo(claim().suspectAt() + alone + 2 + alone);
  }

  @Test
  void readingStopsForSuspectsForABoundedTime() {
    stream.append(1, 2);
    die(claim().suspectAt());
    server.with(
        (request, responses) -> {
          if (request.getFeatures().getEventId(0) == 1) {
            FakeModelServer.refuse(request, responses, Reason.REASON_MODEL_NOT_READY);
          } else {
            FakeModelServer.predict(request, responses);
          }
        });
    start(
        log,
        settings().withWaits(Duration.ofMillis(200), Duration.ofMillis(50), Duration.ofSeconds(5)));
    Await.until("asked for the suspect", () -> retried("MODEL_NOT_READY") > 0);
    stream.append(3, 4);
    stream.append(5, 6);
    Await.until("the others", () -> stream.published() == 4);
    assertThat(meters.counter("icecube.consumer.suspects.deferred").count()).isPositive();
    server.with(FakeModelServer::predict);
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(6));
    assertThat(stream.deadLetters()).isEmpty();
  }

  @Test
  void aSuspectThatIsAnsweredBeginsAnewWhateverTheAnswer() {
    stream.append(1, 2);
    die(claim().suspectAt());
    var isMended = new java.util.concurrent.atomic.AtomicBoolean();
    server.with(
        (request, responses) -> {
          if (isMended.get()) {
            FakeModelServer.predict(request, responses);
          } else {
            FakeModelServer.refuse(request, responses, Reason.REASON_INTERNAL);
          }
        });
    start(log, settings());
    Await.until("taken apart", () -> log.account(0).backlog() == 2);
    isMended.set(true);
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(2));
  }

  @Test
  void aStopInTheMiddleOfAnythingIsQuiet() {
    server.with(FakeModelServer::hang);
    stream.append(1);
    var renewing = new CountDownLatch(1);
    var silent =
        new ForwardingEventLog(log) {
          @Override
          public Set<EntryId> renew(int partition, String consumer, Collection<EntryId> ids) {
            renewing.countDown();
            try {
              new CountDownLatch(1).await();
              return Set.of();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              throw new EventLogException("test: interrupted", e);
            }
          }
        };
    var consumer =
        start(
            silent,
            settings().withWaits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ZERO));
    Await.until("renewing", () -> renewing.getCount() == 0);
    try (var logged = new LoggedWarnings("icecube")) {
      consumer.close();
      assertThat(logged.messages())
          .containsExactly(
              "the drain is over, entries in flight are handed back for other consumers");
    }
  }

  @Test
  void oneUnexpectedFailureEndsNeitherRenewalNorReading() {
    var failing =
        new ForwardingEventLog(log) {
          private final AtomicInteger opened = new AtomicInteger();
          private final AtomicInteger claimed = new AtomicInteger();

          @Override
          public EntryReader openReader(int partition, String consumer) {
            if (opened.getAndIncrement() < 2) {
              throw new IllegalStateException("test: a bug while reading");
            }
            return super.openReader(partition, consumer);
          }

          @Override
          public Claim claim(int partition, String name, ClaimSettings how, boolean lone) {
            if (claimed.getAndIncrement() == 0) {
              throw new IllegalStateException("test: a bug while claiming");
            }
            return super.claim(partition, name, how, lone);
          }
        };
    stream.appendAll(8, 4);
    try (var dead = log.openReader(0, "dead")) {
      assertThat(dead.readNew(1, Duration.ZERO)).hasSize(1);
    }
    start(failing, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(8));
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
