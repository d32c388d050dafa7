// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.emitter.EmissionSummary.Outcome;
import icecube.physics.Event;
import icecube.stream.AppendResult;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.FingerprintMismatchException;
import icecube.stream.InMemoryEventLog;
import icecube.testkit.ForwardingEventLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmitterTest {
  private static final EmitterSettings SMALL =
      EmitterSettings.DEFAULT.withEntries(4, 1_000).withBacklog(6, 2);

  private final InMemoryEventLog log = new InMemoryEventLog(3);
  private final DrainingConsumer consumer = new DrainingConsumer(log);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void everyEventIsPublishedOnceAndTheSummarySaysSo() throws Exception {
    var source = ListSource.of(101);
    var emitter = emitter(source, log, SMALL);
    var summary = emitter.run();
    assertThat(summary.outcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.events()).isEqualTo(101);
    assertThat(summary.entries()).isEqualTo(26);
    assertThat(summary.rewinds()).isZero();
    assertThat(emitter.emittedEvents()).isEqualTo(101);
    assertPublishedOnce(source);
    assertThat(source.isAllClosed()).isTrue();
    assertThat(meters.counter("icecube.emitter.events.accepted").count()).isEqualTo(101);
  }

  @Test
  void entriesGoRoundThePartitions() throws Exception {
    emitter(ListSource.of(101), log, SMALL).run();
    var first = consumer.published().get(1);
    assertThat(first.getBatchId()).isEqualTo("0-2");
    assertThat(first.getEventIdList()).containsExactly(13L, 14L, 15L, 16L);
  }

  @Test
  void anEmptySourceIsCompleteAtOnce() throws Exception {
    assertThat(emitter(ListSource.of(0), log, SMALL).run().outcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void duplicatesAreInTheLogAndCounted() throws Exception {
    List<Event> events = new ArrayList<>(ListSource.of(10).events());
    events.add(ListSource.event(3, 2));
    var summary = emitter(new ListSource(events), log, SMALL).run();
    assertThat(summary.events()).isEqualTo(11);
    assertThat(summary.rejected()).isEqualTo(1);
    assertThat(consumer.publishedIds()).hasSize(11);
    assertThat(
            meters
                .counter("icecube.emitter.events.rejected", "reason", "EVENT_ID_DUPLICATE")
                .count())
        .isEqualTo(1);
  }

  @Test
  void theDetectorIsKeptInTheLog() throws Exception {
    var source = ListSource.of(1);
    emitter(source, log, SMALL).run();
    assertThat(log.geometry(source.geometry().hash())).contains(source.geometry());
  }

  @Test
  void aFullLogIsWaitedForAndNeverOverfilled() throws Exception {
    var deepest = new AtomicInteger();
    var watched =
        new ForwardingEventLog(log) {
          @Override
          public AppendResult append(
              int partition, long epoch, long first, List<EventEntry> entries, int backlogMax) {
            var result = super.append(partition, epoch, first, entries, backlogMax);
            deepest.accumulateAndGet((int) log.account(partition).backlog(), Math::max);
            return result;
          }
        };
    var source = ListSource.of(400);
    assertThat(emitter(source, watched, SMALL).run().isComplete()).isTrue();
    assertThat(deepest.get()).isEqualTo(SMALL.backlogMax());
    assertThat(meters.counter("icecube.emitter.appends.busy").count()).isPositive();
    assertPublishedOnce(source);
  }

  @Test
  void anEmitterThatCrashedAnywhereIsResumedByTheNext() throws Exception {
    var source = ListSource.of(60);
    int operations = countOperations(source);
    assertThat(operations).isGreaterThan(20);
    for (int crashAt = 0; crashAt < operations; crashAt++) {
      for (boolean isDone : new boolean[] {false, true}) {
        var fresh = new InMemoryEventLog(3);
        var crashing = new CrashingEventLog(fresh, crashAt, isDone);
        assertThatThrownBy(() -> emitter(source, crashing, SMALL).run())
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("test: crash");
        var resumed = emitter(source, fresh, SMALL).run();
        assertThat(resumed.isComplete()).as("crash at %d, done %s", crashAt, isDone).isTrue();
        assertThat(resumed.events()).isEqualTo(60);
        assertPublishedOnce(source, new DrainingConsumer(fresh));
      }
    }
  }

  @Test
  void aResumedEmitterSendsOnlyWhatIsMissing() throws Exception {
    var source = ListSource.of(101);
    emitter(source, log, SMALL).run();
    var again = new SimpleMeterRegistry();
    var summary =
        new Emitter(source, log, SMALL, again, new FakeTime(1, () -> consumer.drain(1_000))).run();
    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.events()).isEqualTo(101);
    assertThat(again.counter("icecube.emitter.events.accepted").count()).isZero();
  }

  @Test
  void whatTheLogForgotWhileTheEmitterStaysIsSentAgain() throws Exception {
    var source = ListSource.of(101);
    var image = log.image(1);
    var pauses = new AtomicInteger();
    Runnable meanwhile =
        () -> {
          if (pauses.incrementAndGet() == 5) {
            log.restore(1, image);
          } else {
            consumer.drain(1);
          }
        };
    var unhurried = SMALL.withBacklog(100, 2);
    var summary = new Emitter(source, log, unhurried, meters, new FakeTime(1, meanwhile)).run();
    assertThat(pauses.get()).isGreaterThan(5);
    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.rewinds()).isPositive();
    assertThat(source.opened()).isGreaterThan(1);
    assertThat(source.isAllClosed()).isTrue();
    assertPublishedOnce(source);
  }

  @Test
  void aNewerEmitterStopsTheOlder() throws Exception {
    var source = ListSource.of(101);
    var isOvertaken = new AtomicInteger();
    var time =
        new FakeTime(
            1,
            () -> {
              if (isOvertaken.getAndIncrement() == 0) {
                String fingerprint = emitter(source, log, SMALL).fingerprint();
                log.openProducer(0, fingerprint);
              }
              consumer.drain(1_000);
            });
    var summary = new Emitter(source, log, SMALL, meters, time).run();
    assertThat(summary.outcome()).isEqualTo(Outcome.SUPERSEDED);
    assertThat(summary.isComplete()).isFalse();
  }

  @Test
  void anotherSourceIsRefused() throws Exception {
    emitter(ListSource.of(10), log, SMALL).run();
    assertThatThrownBy(() -> emitter(ListSource.of(11), log, SMALL).run())
        .isInstanceOf(FingerprintMismatchException.class);
  }

  @Test
  void theSameSourceCutAnotherWayIsRefused() throws Exception {
    emitter(ListSource.of(10), log, SMALL).run();
    assertThatThrownBy(() -> emitter(ListSource.of(10), log, SMALL.withEntries(5, 1_000)).run())
        .isInstanceOf(FingerprintMismatchException.class);
  }

  @Test
  void aSourceThatHasLostEventsIsNotMixedWithWhatItWas() throws Exception {
    var source = ListSource.of(40);
    emitter(source, log, SMALL).run();
    var shorter =
        new ListSource(source.events().subList(0, 8)) {
          @Override
          public String fingerprint() {
            return source.fingerprint();
          }
        };
    assertThatThrownBy(() -> emitter(shorter, log, SMALL).run())
        .isInstanceOf(SourceChangedException.class)
        .hasMessageContaining("use a new --stream");
  }

  @Test
  void aPaceIsKept() throws Exception {
    var source = ListSource.of(200);
    var time = new FakeTime(1, () -> consumer.drain(1_000));
    var summary = new Emitter(source, log, SMALL.withEventsPerSecond(100), meters, time).run();
    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.duration()).isBetween(Duration.ofMillis(1_960), Duration.ofMillis(2_100));
    var emittedMillis =
        consumer.published().stream()
            .map(batch -> batch.getEmittedUnixUs() / 1_000)
            .sorted()
            .toList();
    for (int entry = 1; entry < emittedMillis.size(); entry++) {
      assertThat(emittedMillis.get(entry) - emittedMillis.get(entry - 1)).isEqualTo(40);
    }
  }

  @Test
  void anEmitterThatIsToldToLeavesOnceAllIsAppended() throws Exception {
    var settings = SMALL.withBacklog(100, 2).leavingAfterEmission();
    var summary =
        new Emitter(ListSource.of(40), log, settings, meters, new FakeTime(1, () -> {})).run();
    assertThat(summary.outcome()).isEqualTo(Outcome.APPENDED);
    assertThat(log.account(0).backlog()).isPositive();
  }

  @Test
  void anInterruptEndsItAndTheNextGoesOn() throws Exception {
    var source = ListSource.of(101);
    var time = new FakeTime(1, Thread.currentThread()::interrupt);
    assertThatThrownBy(() -> new Emitter(source, log, SMALL, meters, time).run())
        .isInstanceOf(InterruptedException.class);
    assertThat(source.isAllClosed()).isTrue();
    assertThat(emitter(source, log, SMALL).run().isComplete()).isTrue();
    assertPublishedOnce(source);
  }

  @Test
  void anAccountThatCannotBalanceIsToldInsteadOfWaitedForForEver() throws Exception {
    var miscounting =
        new ForwardingEventLog(log) {
          @Override
          public AppendResult append(
              int partition, long epoch, long first, List<EventEntry> entries, int backlogMax) {
            var wrong =
                entries.stream()
                    .map(e -> new EventEntry(e.payload(), e.eventCount(), e.digest().plus(99)))
                    .toList();
            return super.append(partition, epoch, first, wrong, backlogMax);
          }
        };
    Runnable meanwhile = new MiscountingConsumer(log)::drain;
    var summary =
        new Emitter(ListSource.of(8), miscounting, SMALL, meters, new FakeTime(1, meanwhile)).run();
    assertThat(summary.outcome()).isEqualTo(Outcome.UNBALANCED);
  }

  @Test
  void anEmitterRunsOnce() throws Exception {
    var emitter = emitter(ListSource.of(1), log, SMALL);
    emitter.run();
    assertThatThrownBy(emitter::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("emitter: has run (expected: one run); make another");
  }

  private Emitter emitter(EventSource source, EventLog to, EmitterSettings settings) {
    var drain = new DrainingConsumer(to);
    return new Emitter(source, to, settings, meters, new FakeTime(1, () -> drain.drain(1_000)));
  }

  private int countOperations(ListSource source) throws InterruptedException {
    var counting = new CrashingEventLog(new InMemoryEventLog(3), Integer.MAX_VALUE, false);
    emitter(source, counting, SMALL).run();
    return counting.operations();
  }

  private void assertPublishedOnce(ListSource source) {
    assertPublishedOnce(source, consumer);
  }

  static void assertPublishedOnce(ListSource source, DrainingConsumer consumer) {
    assertThat(consumer.publishedIds())
        .containsExactlyInAnyOrderElementsOf(source.events().stream().map(Event::id).toList());
  }
}
