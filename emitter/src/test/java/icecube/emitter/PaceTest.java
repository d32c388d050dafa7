// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final CutEntry ANY = entry(null);

  private final FakeTime time = new FakeTime(1, () -> {});

  @Test
  void withoutAPaceNothingWaits() {
    var pace = steady(0);
    pace.passed(1_000_000);
    assertThat(pace.until(ANY)).isZero();
  }

  @Test
  void theFirstEventMayGoAtOnceAndTheNextWaitForTheirTurn() {
    var pace = steady(100);
    assertThat(pace.until(ANY)).isZero();
    pace.passed(32);
    assertThat(pace.until(ANY)).isEqualTo(Duration.ofMillis(320));
  }

  @Test
  void aShortDelayIsCaughtUp() throws Exception {
    var pace = steady(100);
    pace.passed(10);
    time.pause(Duration.ofMillis(500));
    assertThat(pace.until(ANY)).isEqualTo(Duration.ofMillis(-400));
  }

  @Test
  void ofALongDelayOnlyOneSecondIsCaughtUp() throws Exception {
    var pace = steady(100);
    time.pause(Duration.ofSeconds(60));
    assertThat(pace.until(ANY)).isZero();
    pace.passed(100);
    assertThat(pace.until(ANY)).isZero();
    pace.passed(1);
    assertThat(pace.until(ANY)).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void recordedEventsGoWhenTheLastOfTheirEntryHasTriggered() {
    var pace = replay(1);
    assertThat(pace.until(recorded(5_000, 5_012))).isEqualTo(Duration.ofMillis(12));
    assertThat(pace.until(recorded(5_013, 5_020))).isEqualTo(Duration.ofMillis(20));
  }

  @Test
  void replayMayRunFasterAndSlower() {
    var fast = replay(10);
    assertThat(fast.until(recorded(0, 100))).isEqualTo(Duration.ofMillis(10));
    var slow = replay(0.5);
    assertThat(slow.until(recorded(0, 100))).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void theFirstEntryStartsTheClockHoweverLateItIsInTheSource() throws Exception {
    var pace = replay(1);
    time.pause(Duration.ofHours(1));
    assertThat(pace.until(recorded(7_200_000, 7_200_000))).isZero();
    assertThat(pace.until(recorded(7_200_005, 7_200_005))).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void anOutageIsFollowedByASecondsWorthOfEventsAndNoFlood() throws Exception {
    var pace = replay(1);
    assertThat(pace.until(recorded(0, 0))).isZero();
    time.pause(Duration.ofSeconds(60));
    assertThat(pace.until(recorded(500, 1_000))).isZero();
    assertThat(pace.until(recorded(1_001, 2_000))).isZero();
    assertThat(pace.until(recorded(2_001, 2_300))).isEqualTo(Duration.ofMillis(300));
  }

  @Test
  void afterARewindTheRecordedPaceBeginsAnew() throws Exception {
    var pace = replay(1);
    assertThat(pace.until(recorded(0, 0))).isZero();
    time.pause(Duration.ofSeconds(10));
    assertThat(pace.until(recorded(10_000, 10_000))).isZero();
    pace.restart();
    assertThat(pace.until(recorded(4_000, 4_000))).isZero();
    assertThat(pace.until(recorded(4_100, 4_100))).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void anEntryWithoutTimesOrWithTimesThatHavePassedDoesNotWait() throws Exception {
    var pace = replay(1);
    assertThat(pace.until(recorded(0, 100))).isEqualTo(Duration.ofMillis(100));
    time.pause(Duration.ofMillis(100));
    assertThat(pace.until(ANY)).isZero();
    assertThat(pace.until(recorded(7, 9))).isZero();
    assertThat(pace.until(recorded(101, 101))).isEqualTo(Duration.ofMillis(1));
  }

  private Pace steady(double eventsPerSecond) {
    return new Pace(EmitterSettings.DEFAULT.withEventsPerSecond(eventsPerSecond), time);
  }

  private Pace replay(double speed) {
    return new Pace(EmitterSettings.DEFAULT.withReplaySpeed(speed), time);
  }

  private static CutEntry recorded(long firstMillis, long lastMillis) {
    return entry(new TriggerSpan(firstMillis * 1_000_000, lastMillis * 1_000_000));
  }

  private static CutEntry entry(@Nullable TriggerSpan span) {
    return new CutEntry(0, List.of(ListSource.event(1, 1)), List.of(), span);
  }
}
