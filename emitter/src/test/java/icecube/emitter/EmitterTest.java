// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.emitter.EmissionSummary.Outcome;
import icecube.otel.Telemetry;
import icecube.physics.Event;
import icecube.proto.EventCodec;
import icecube.stream.AppendResult;
import icecube.stream.EventEntry;
import icecube.stream.EventLog;
import icecube.stream.FingerprintMismatchException;
import icecube.stream.InMemoryEventLog;
import icecube.stream.PayloadEncoding;
import icecube.testkit.ForwardingEventLog;
import icecube.v1.DeadLetter;
import icecube.v1.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
  void duplicatesAreDeadLettersAndCounted() throws Exception {
    List<Event> events = new ArrayList<>(ListSource.of(10).events());
    events.add(ListSource.event(3, 2));
    var summary = emitter(new ListSource(events), log, SMALL).run();
    assertThat(summary.events()).isEqualTo(11);
    assertThat(summary.rejected()).isEqualTo(1);
    assertThat(summary.rejections()).isEqualTo(Map.of(Reason.REASON_EVENT_ID_DUPLICATE, 1L));
    assertThat(consumer.publishedIds()).hasSize(10);
    assertThat(consumer.letters()).extracting(DeadLetter::getEventId).containsExactly(3L);
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
        new Emitter(
                source,
                log,
                SMALL,
                Telemetry.of(again),
                new FakeTime(1, () -> consumer.drain(1_000)))
            .run();
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
    var summary =
        new Emitter(source, log, unhurried, Telemetry.of(meters), new FakeTime(1, meanwhile)).run();
    assertThat(pauses.get()).isGreaterThan(5);
    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.rewinds()).isPositive();
    assertThat(source.opened()).isGreaterThan(1);
    assertThat(source.isAllClosed()).isTrue();
    assertPublishedOnce(source);
  }

  @Test
  void aLossLateInTheSourceDoesNotReadItFromItsStart() throws Exception {
    var source = ListSource.mixed(20_000, new Random(1));
    var wide = SMALL.withBacklog(100, 2);
    var pauses = new AtomicInteger();
    List<InMemoryEventLog.Image> images = new ArrayList<>();
    Runnable meanwhile =
        () -> {
          consumer.drain(1_000);
          int pause = pauses.incrementAndGet();
          if (pause == 15) {
            images.add(log.image(2));
          } else if (pause == 16) {
            log.restore(2, images.get(0));
          }
        };
    var summary =
        new Emitter(source, log, wide, Telemetry.of(meters), new FakeTime(1, meanwhile)).run();
    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.rewinds()).isEqualTo(1);
    assertThat(source.opened()).isEqualTo(2);
    long readAgain = source.read() - source.events().size();
    assertThat(readAgain).isBetween(1L, 1_500L);
    assertThat(meters.counter("icecube.emitter.entries.reread").count()).isBetween(1.0, 400.0);
    assertThat(summary.rejections())
        .isEqualTo(emitter(source, new InMemoryEventLog(1), SMALL).run().rejections());
  }

  @Test
  void aSourceThatTellsNoPlaceIsReadFromItsStart() throws Exception {
    var inner = ListSource.of(101);
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
    var source = new PlacelessSource(inner);
    var summary =
        new Emitter(
                source,
                log,
                SMALL.withBacklog(100, 2),
                Telemetry.of(meters),
                new FakeTime(1, meanwhile))
            .run();
    assertThat(summary.isComplete()).isTrue();
    assertPublishedOnce(inner);
  }

  @Test
  void whatTheDoorRefusesIsADeadLetterWithTheEventInIt() throws Exception {
    List<Event> events = new ArrayList<>(ListSource.of(3).events());
    events.add(ListSource.unsound(4));
    var source = new ListSource(events);
    var summary = emitter(source, log, SMALL).run();
    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.events()).isEqualTo(4);
    assertThat(summary.rejections()).isEqualTo(Map.of(Reason.REASON_SENSOR_UNKNOWN, 1L));
    assertThat(consumer.publishedIds()).containsExactly(1L, 2L, 3L);
    var letter = consumer.letters().get(0);
    assertThat(letter.getReason()).isEqualTo(Reason.REASON_SENSOR_UNKNOWN);
    assertThat(letter.getMessage())
        .isEqualTo(
            "sensor_id: 99999 of pulse 0 (expected: 0..5159); check that --geometry matches the"
                + " data set");
    assertThat(EventCodec.decode(letter.getEvent())).containsExactly(events.get(3));
    assertThat(rejected("SENSOR_UNKNOWN")).isEqualTo(1);
    assertThat(rejected("TIME_UNSORTED")).isZero();
    assertThat(meters.counter("icecube.emitter.events.accepted").count()).isEqualTo(3);
  }

  @Test
  void anEntryOfNothingButRefusedEventsTakesItsSequence() throws Exception {
    List<Event> events = new ArrayList<>();
    for (int id = 1; id <= 12; id++) {
      events.add(id <= 4 ? ListSource.unsound(id) : ListSource.event(id, 1));
    }
    var one = new InMemoryEventLog(1);
    var drain = new DrainingConsumer(one);
    var summary = emitter(new ListSource(events), one, SMALL).run();
    assertThat(summary.isComplete()).isTrue();
    assertThat(summary.entries()).isEqualTo(3);
    assertThat(drain.publishedIds()).hasSize(8);
    assertThat(drain.letters()).hasSize(4);
    assertThat(one.account(0).lastSequence()).isEqualTo(3);
  }

  @Test
  void theSameSourceMakesTheSameEntriesAndTheSameLetters() throws Exception {
    var source = ListSource.mixed(300, new Random(7));
    var other = new InMemoryEventLog(3);
    emitter(source, log, SMALL).run();
    emitter(source, other, SMALL).run();
    var again = new DrainingConsumer(other);
    assertThat(again.letters()).isEqualTo(consumer.letters()).isNotEmpty();
    assertThat(again.publishedIds()).isEqualTo(consumer.publishedIds());
  }

  @Test
  void packedEntriesAreWhatPlainOnesAre() throws Exception {
    var source = ListSource.of(200);
    var other = new InMemoryEventLog(3);
    emitter(source, log, SMALL.withEntries(32, 1_000)).run();
    emitter(source, other, SMALL.withEntries(32, 1_000).withEncoding(PayloadEncoding.ZSTD)).run();
    assertThat(new DrainingConsumer(other).publishedIds()).isEqualTo(consumer.publishedIds());
  }

  @Test
  void whatIsReadAheadIsBoundedInBytes() throws Exception {
    var deepest = new AtomicLong();
    var watched =
        new ForwardingEventLog(log) {
          @Override
          public AppendResult append(
              int partition, long epoch, long first, List<EventEntry> entries, int backlogMax) {
            deepest.accumulateAndGet(
                (long) meters.get("icecube.emitter.outbox.bytes").gauge().value(), Math::max);
            return super.append(partition, epoch, first, entries, backlogMax);
          }
        };
    var source = ListSource.of(400);
    var tight = SMALL.withOutboxBytesMax(2_000).withBacklog(32, 32);
    assertThat(emitter(source, watched, tight).run().isComplete()).isTrue();
    assertThat(deepest.get()).isBetween(2_000L, 3_000L);
    assertPublishedOnce(source);
  }

  @Test
  void recordedEventsComeAtTheirRecordedPace() throws Exception {
    var source = ListSource.of(200);
    var time = new FakeTime(1, () -> consumer.drain(1_000));
    var summary =
        new Emitter(source, log, SMALL.withReplaySpeed(2), Telemetry.of(meters), time).run();
    assertThat(summary.isComplete()).isTrue();
    // 199 pauses of 10 ms at twice the speed, and the last poll of the accounts.
    assertThat(summary.duration()).isBetween(Duration.ofMillis(995), Duration.ofMillis(1_060));
    var emittedMicros =
        consumer.published().stream().map(batch -> batch.getEmittedUnixUs()).sorted().toList();
    for (int entry = 1; entry < emittedMicros.size(); entry++) {
      assertThat(emittedMicros.get(entry) - emittedMicros.get(entry - 1)).isEqualTo(20_000);
    }
  }

  @Test
  void aSourceWithoutTriggerTimesIsNotReplayed() {
    var source = new PlacelessSource(ListSource.of(1));
    assertThatThrownBy(() -> emitter(source, log, SMALL.withReplaySpeed(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("trigger_time_ns");
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
    var summary = new Emitter(source, log, SMALL, Telemetry.of(meters), time).run();
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
    var summary =
        new Emitter(source, log, SMALL.withEventsPerSecond(100), Telemetry.of(meters), time).run();
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
  void aFullLogIsAskedAgainBeforeThePaceAllowsMore() throws Exception {
    var settings = SMALL.withBacklog(2, 2).withEventsPerSecond(0.4);
    var single = new InMemoryEventLog(1);
    var drain = new DrainingConsumer(single);
    var meanwhile = new ArrayList<Runnable>();
    var time = new FakeTime(1, () -> meanwhile.forEach(Runnable::run));
    var appendedSeconds = new ArrayList<Long>();
    var watched =
        new ForwardingEventLog(single) {
          @Override
          public AppendResult append(
              int partition, long epoch, long first, List<EventEntry> entries, int backlogMax) {
            var result = super.append(partition, epoch, first, entries, backlogMax);
            if (result.status() == AppendResult.Status.OK) {
              appendedSeconds.add(time.nanoTime() / 1_000_000_000);
            }
            return result;
          }
        };
    // An entry is due every 10 s. The third finds the log full, which has room from 22 s on.
    meanwhile.add(
        () -> {
          if (time.nanoTime() >= 22_000_000_000L) {
            drain.drain(1_000);
          }
        });
    new Emitter(ListSource.of(16), watched, settings, Telemetry.of(meters), time).run();
    assertThat(appendedSeconds).containsExactly(0L, 10L, 22L, 30L);
  }

  @Test
  void anEmitterThatIsToldToLeavesOnceAllIsAppended() throws Exception {
    var settings = SMALL.withBacklog(100, 2).leavingAfterEmission();
    var summary =
        new Emitter(
                ListSource.of(40), log, settings, Telemetry.of(meters), new FakeTime(1, () -> {}))
            .run();
    assertThat(summary.outcome()).isEqualTo(Outcome.APPENDED);
    assertThat(log.account(0).backlog()).isPositive();
  }

  @Test
  void anInterruptEndsItAndTheNextGoesOn() throws Exception {
    var source = ListSource.of(101);
    var time = new FakeTime(1, Thread.currentThread()::interrupt);
    assertThatThrownBy(() -> new Emitter(source, log, SMALL, Telemetry.of(meters), time).run())
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
        new Emitter(
                ListSource.of(8),
                miscounting,
                SMALL,
                Telemetry.of(meters),
                new FakeTime(1, meanwhile))
            .run();
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
    return new Emitter(
        source, to, settings, Telemetry.of(meters), new FakeTime(1, () -> drain.drain(1_000)));
  }

  private int countOperations(ListSource source) throws InterruptedException {
    var counting = new CrashingEventLog(new InMemoryEventLog(3), Integer.MAX_VALUE, false);
    emitter(source, counting, SMALL).run();
    return counting.operations();
  }

  private void assertPublishedOnce(ListSource source) {
    assertPublishedOnce(source, consumer);
  }

  private double rejected(String reason) {
    return meters.counter("icecube.emitter.events.rejected", "reason", reason).count();
  }

  static void assertPublishedOnce(ListSource source, DrainingConsumer consumer) {
    List<Long> ids = new ArrayList<>(consumer.publishedIds());
    consumer.letters().forEach(letter -> ids.add(letter.getEventId()));
    assertThat(ids)
        .containsExactlyInAnyOrderElementsOf(source.events().stream().map(Event::id).toList());
  }
}
