// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import static icecube.consumer.TestStream.ids;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.physics.DetectorGeometry;
import icecube.stream.Claim;
import icecube.stream.ClaimSettings;
import icecube.stream.EntryId;
import icecube.stream.EventLogException;
import icecube.testkit.ForwardingEventLog;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    server.kill();
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
  void restartsDuringAnOutageBlameNoEntry() {
    server.kill();
    stream.appendAll(40, 4);
    var impatient =
        settings().withWaits(Duration.ofSeconds(5), Duration.ofMillis(20), Duration.ZERO);
    for (int restart = 0; restart < 8; restart++) {
      var consumer = start(log, impatient);
      Await.until("all in flight", () -> consumer.eventsInFlight() == 40);
      consumer.close();
    }
    server.restart();
    start(log, settings());
    stream.awaitBalance();
    assertThat(stream.predictedIds()).isEqualTo(ids(40));
    assertThat(stream.deadLetters()).isEmpty();
  }

  @Test
  void aStopInTheMiddleOfAnythingIsQuiet() {
    server.kill();
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
