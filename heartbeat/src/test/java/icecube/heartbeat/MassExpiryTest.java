// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.DEAD;
import static icecube.heartbeat.Beats.SERVING;
import static icecube.heartbeat.Beats.SUSPECT;
import static icecube.heartbeat.Beats.beat;
import static icecube.heartbeat.Beats.instance;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.InstanceState;
import java.time.Duration;
import java.util.Set;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class MassExpiryTest {
  private static final Duration SWEEP = MembershipSettings.DEFAULT.sweepPeriod();

  private final FakeTime time = new FakeTime();
  private final Membership membership =
      new Membership(MembershipSettings.DEFAULT, Set.of(), 0, time.now());
  private long sequence;

  @Test
  void letsAFewDie() {
    run(Duration.ofSeconds(5), 10, i -> true);
    run(Duration.ofSeconds(15), 10, i -> i >= 3);

    assertThat(count(DEAD)).isEqualTo(3);
    assertThat(membership.frozenKinds()).isEmpty();
  }

  @Test
  void letsTwoOfTwoDie() {
    run(Duration.ofSeconds(5), 2, i -> true);
    run(Duration.ofSeconds(15), 2, i -> false);

    assertThat(count(DEAD)).isEqualTo(2);
    assertThat(membership.frozenKinds()).isEmpty();
  }

  @Test
  void freezesWhenSixtyPercentFallSilentAndThawsAMinuteAfterTheirReturn() {
    run(Duration.ofSeconds(5), 10, i -> true);

    run(Duration.ofSeconds(12), 10, i -> i >= 6);
    assertThat(membership.frozenKinds()).containsExactly("consumer");
    run(Duration.ofSeconds(18), 10, i -> i >= 6);
    assertThat(count(DEAD)).isZero();
    assertThat(count(SUSPECT)).isEqualTo(6);

    run(Duration.ofSeconds(58), 10, i -> true);
    assertThat(membership.frozenKinds()).containsExactly("consumer");
    assertThat(count(SERVING)).isEqualTo(10);
    run(Duration.ofSeconds(4), 10, i -> true);
    assertThat(membership.frozenKinds()).isEmpty();
    assertThat(count(SERVING)).isEqualTo(10);
  }

  @Test
  void thawsAlsoWhenTheSilentReallyDied() {
    run(Duration.ofSeconds(5), 10, i -> true);
    run(Duration.ofSeconds(15), 10, i -> i >= 6);
    assertThat(membership.frozenKinds()).containsExactly("consumer");

    // 30 s until the silent no longer count as expected, then 60 s of good health.
    run(Duration.ofSeconds(80), 10, i -> i >= 6);

    assertThat(membership.frozenKinds()).isEmpty();
    assertThat(count(DEAD)).isEqualTo(6);
    assertThat(count(SERVING)).isEqualTo(4);
  }

  @Test
  void endsTheFreezeOfAKindThatNeverReturns() {
    run(Duration.ofSeconds(5), 10, i -> true);
    run(Duration.ofSeconds(60), 10, i -> false);
    assertThat(membership.frozenKinds()).containsExactly("consumer");
    assertThat(count(SUSPECT)).isEqualTo(10);

    run(MembershipSettings.DEFAULT.freezeTimeMax().minusSeconds(45), 10, i -> false);

    assertThat(membership.frozenKinds()).isEmpty();
    assertThat(count(DEAD)).isEqualTo(10);
  }

  @Test
  void startsTheMinuteAnewWhenHealthBreaks() {
    run(Duration.ofSeconds(5), 10, i -> true);
    run(Duration.ofSeconds(15), 10, i -> i >= 6);
    run(Duration.ofSeconds(50), 10, i -> true);

    run(Duration.ofSeconds(5), 10, i -> i >= 6);
    run(Duration.ofSeconds(55), 10, i -> true);

    assertThat(membership.frozenKinds()).containsExactly("consumer");
    run(Duration.ofSeconds(10), 10, i -> true);
    assertThat(membership.frozenKinds()).isEmpty();
  }

  @Test
  void countsDeathsThatTrickleWithinTheWindow() {
    run(Duration.ofSeconds(5), 10, i -> true);

    run(Duration.ofSeconds(4), 10, i -> i >= 2);
    run(Duration.ofSeconds(4), 10, i -> i >= 4);
    run(Duration.ofSeconds(12), 10, i -> i >= 6);

    assertThat(membership.frozenKinds()).containsExactly("consumer");
    assertThat(count(DEAD)).isEqualTo(2);
    assertThat(count(SUSPECT)).isEqualTo(4);
  }

  @Test
  void freezesOnlyTheKindThatSuffers() {
    run(Duration.ofSeconds(5), 10, i -> true);
    membership.beat(beat(instance("emitter", "e", 1), 1, SERVING), time.now());

    run(Duration.ofSeconds(12), 10, i -> false);

    assertThat(membership.frozenKinds()).containsExactly("consumer");
    assertThat(membership.list("emitter", time.now()).get(0).getState()).isEqualTo(DEAD);
  }

  /** Beats of {@code count} consumers once a second, of which only the {@code heard} arrive. */
  private void run(Duration total, int count, IntPredicate heard) {
    for (long step = 0; step < total.dividedBy(SWEEP); step++) {
      time.pass(SWEEP);
      if (step % 2 == 1) {
        sequence++;
        for (int i = 0; i < count; i++) {
          if (heard.test(i)) {
            membership.beat(beat("c" + i, 1, sequence, SERVING), time.now());
          }
        }
      }
      membership.sweep(time.now());
    }
  }

  private long count(InstanceState state) {
    return membership.list("consumer", time.now()).stream()
        .filter(m -> m.getState() == state)
        .count();
  }
}
