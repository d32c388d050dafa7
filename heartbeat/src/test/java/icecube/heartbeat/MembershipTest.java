// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.DEAD;
import static icecube.heartbeat.Beats.DRAINING;
import static icecube.heartbeat.Beats.LEFT;
import static icecube.heartbeat.Beats.SERVING;
import static icecube.heartbeat.Beats.STARTING;
import static icecube.heartbeat.Beats.SUSPECT;
import static icecube.heartbeat.Beats.beat;
import static icecube.heartbeat.Beats.instance;
import static icecube.v1.BeatOutcome.BEAT_OUTCOME_ACCEPTED;
import static icecube.v1.BeatOutcome.BEAT_OUTCOME_STALE;
import static icecube.v1.BeatOutcome.BEAT_OUTCOME_SUPERSEDED;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.InstanceState;
import icecube.v1.Member;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MembershipTest {
  private static final Duration SWEEP = MembershipSettings.DEFAULT.sweepPeriod();

  private final FakeTime time = new FakeTime();
  private final Membership membership =
      new Membership(MembershipSettings.DEFAULT, Set.of(), 1_000, time.now());

  @Test
  void listsWhoeverBeats() {
    membership.beat(beat("a", 1, 1, STARTING).toBuilder().setInFlight(7).build(), time.now());
    time.pass(Duration.ofMillis(400));

    Member member = membership.list("", time.now()).get(0);

    assertThat(member.getInstance().getInstanceId()).isEqualTo("a");
    assertThat(member.getState()).isEqualTo(STARTING);
    assertThat(member.getBeatAgeMs()).isEqualTo(400);
    assertThat(member.getInFlight()).isEqualTo(7);
  }

  @Test
  void listsByKindThenId() {
    membership.beat(beat(instance("emitter", "z", 1), 1, SERVING), time.now());
    membership.beat(beat("b", 1, 1, SERVING), time.now());
    membership.beat(beat("a", 1, 1, SERVING), time.now());

    assertThat(membership.list("", time.now()))
        .extracting(m -> m.getInstance().getInstanceId())
        .containsExactly("a", "b", "z");
    assertThat(membership.list("emitter", time.now())).hasSize(1);
    assertThat(membership.list("unknown", time.now())).isEmpty();
  }

  @Test
  void followsWhatAMemberSays() {
    for (InstanceState said : List.of(STARTING, SERVING, DRAINING, SERVING)) {
      membership.beat(beat("a", 1, membership.revision(), said), time.now());
      assertThat(state("a")).isEqualTo(said);
    }
  }

  @Test
  void suspectsAfterThreeSecondsAndNotBefore() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());

    sweepFor(Duration.ofMillis(2_500));
    assertThat(state("a")).isEqualTo(SERVING);
    sweepFor(Duration.ofMillis(500));
    assertThat(state("a")).isEqualTo(SUSPECT);
  }

  @Test
  void declaresDeadAfterTenSecondsAndNotBefore() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());

    sweepFor(Duration.ofMillis(9_500));
    assertThat(state("a")).isEqualTo(SUSPECT);
    sweepFor(Duration.ofMillis(500));
    assertThat(state("a")).isEqualTo(DEAD);
  }

  @Test
  void believesASuspectThatBeatsAgain() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());
    sweepFor(Duration.ofSeconds(5));

    assertThat(membership.beat(beat("a", 1, 2, DRAINING), time.now()))
        .isEqualTo(BEAT_OUTCOME_ACCEPTED);

    assertThat(state("a")).isEqualTo(DRAINING);
  }

  @Test
  void revivesTheDeadThatBeatsAgain() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());
    sweepFor(Duration.ofSeconds(11));

    assertThat(membership.beat(beat("a", 1, 2, SERVING), time.now()))
        .isEqualTo(BEAT_OUTCOME_ACCEPTED);

    assertThat(state("a")).isEqualTo(SERVING);
    sweepFor(Duration.ofMillis(2_500));
    assertThat(state("a")).isEqualTo(SERVING);
  }

  @Test
  void takesAGoodbyeAtOnce() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());

    membership.beat(beat("a", 1, 2, LEFT), time.now());

    assertThat(state("a")).isEqualTo(LEFT);
    sweepFor(Duration.ofSeconds(30));
    assertThat(state("a")).isEqualTo(LEFT);
  }

  @Test
  void keepsAGoodbyeFinalForItsIncarnation() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());
    membership.beat(beat("a", 1, 2, LEFT), time.now());

    assertThat(membership.beat(beat("a", 1, 3, SERVING), time.now())).isEqualTo(BEAT_OUTCOME_STALE);
    assertThat(state("a")).isEqualTo(LEFT);
    assertThat(membership.beat(beat("a", 2, 1, SERVING), time.now()))
        .isEqualTo(BEAT_OUTCOME_ACCEPTED);
    assertThat(state("a")).isEqualTo(SERVING);
  }

  @Test
  void keepsNothingOfAGoodbyeFromAStranger() {
    assertThat(membership.beat(beat("a", 1, 9, LEFT), time.now())).isEqualTo(BEAT_OUTCOME_ACCEPTED);

    assertThat(membership.list("", time.now())).isEmpty();
    assertThat(membership.revision()).isEqualTo(1_000);
  }

  @Test
  void ignoresABeatThatIsNotNewer() {
    membership.beat(beat("a", 1, 5, SERVING), time.now());
    time.pass(Duration.ofSeconds(2));

    assertThat(membership.beat(beat("a", 1, 5, DRAINING), time.now()))
        .isEqualTo(BEAT_OUTCOME_STALE);
    assertThat(membership.beat(beat("a", 1, 4, DRAINING), time.now()))
        .isEqualTo(BEAT_OUTCOME_STALE);

    assertThat(state("a")).isEqualTo(SERVING);
    assertThat(membership.list("", time.now()).get(0).getBeatAgeMs()).isEqualTo(2_000);
  }

  @Test
  void comparesSequencesUnsigned() {
    membership.beat(beat("a", 1, Long.MAX_VALUE, SERVING), time.now());

    assertThat(membership.beat(beat("a", 1, Long.MIN_VALUE, SERVING), time.now()))
        .isEqualTo(BEAT_OUTCOME_ACCEPTED);
  }

  @Test
  void letsAHigherIncarnationReplaceALowerWhateverItsSequence() {
    membership.beat(beat("a", 10, 500, SERVING), time.now());

    assertThat(membership.beat(beat("a", 11, 1, STARTING), time.now()))
        .isEqualTo(BEAT_OUTCOME_ACCEPTED);

    assertThat(state("a")).isEqualTo(STARTING);
    assertThat(membership.list("", time.now())).hasSize(1);
  }

  @Test
  void tellsALowerIncarnationThatItIsSuperseded() {
    membership.beat(beat("a", 11, 1, SERVING), time.now());

    assertThat(membership.beat(beat("a", 10, 900, LEFT), time.now()))
        .isEqualTo(BEAT_OUTCOME_SUPERSEDED);

    assertThat(state("a")).isEqualTo(SERVING);
  }

  @Test
  void forgetsTheDeadAndTheLeftAMinuteLater() {
    membership.beat(beat("dead", 1, 1, SERVING), time.now());
    membership.beat(beat("left", 1, 1, SERVING), time.now());
    membership.beat(beat("left", 1, 2, LEFT), time.now());

    sweepFor(Duration.ofSeconds(59));
    assertThat(membership.list("", time.now())).hasSize(2);
    sweepFor(Duration.ofSeconds(1));
    assertThat(membership.list("", time.now())).hasSize(1);
    sweepFor(Duration.ofSeconds(10));
    assertThat(membership.list("", time.now())).isEmpty();
  }

  @Test
  void evictsNobodyOfFiftyWhenItPausedTenSecondsItself() {
    beatAll(50, 1);
    sweepFor(SWEEP);

    time.pass(Duration.ofSeconds(10));
    Membership.Sweep afterPause = membership.sweep(time.now());

    assertThat(afterPause.pauseNanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
    assertThat(afterPause.suspected()).isZero();
    assertThat(afterPause.died()).isZero();
    assertThat(states()).containsOnly(SERVING);
  }

  @Test
  void countsOnlyTheSilenceItCouldHaveHeard() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());
    sweepFor(Duration.ofSeconds(9));
    time.pass(Duration.ofSeconds(20));
    membership.sweep(time.now());

    assertThat(state("a")).isEqualTo(SUSPECT);
    sweepFor(Duration.ofMillis(500));
    assertThat(state("a")).isEqualTo(SUSPECT);
    sweepFor(Duration.ofMillis(500));
    assertThat(state("a")).isEqualTo(DEAD);
  }

  @Test
  void takesADelayOfTwoPeriodsForNoPause() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());
    sweepFor(Duration.ofSeconds(2));

    time.pass(SWEEP.multipliedBy(2));

    assertThat(membership.sweep(time.now()).pauseNanos()).isZero();
    assertThat(state("a")).isEqualTo(SUSPECT);
  }

  private void beatAll(int count, long sequence) {
    IntStream.range(0, count)
        .forEach(i -> membership.beat(beat("c" + i, 1, sequence, SERVING), time.now()));
  }

  private void sweepFor(Duration total) {
    for (long i = 0; i < total.dividedBy(SWEEP); i++) {
      time.pass(SWEEP);
      membership.sweep(time.now());
    }
  }

  private InstanceState state(String id) {
    return membership.list("", time.now()).stream()
        .filter(m -> m.getInstance().getInstanceId().equals(id))
        .findFirst()
        .orElseThrow()
        .getState();
  }

  private List<InstanceState> states() {
    return membership.list("", time.now()).stream().map(Member::getState).toList();
  }
}
