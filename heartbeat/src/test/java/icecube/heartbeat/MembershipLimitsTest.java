// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.DEAD;
import static icecube.heartbeat.Beats.LEFT;
import static icecube.heartbeat.Beats.SERVING;
import static icecube.heartbeat.Beats.STARTING;
import static icecube.heartbeat.Beats.SUSPECT;
import static icecube.heartbeat.Beats.beat;
import static icecube.heartbeat.Beats.instance;
import static icecube.v1.BeatOutcome.BEAT_OUTCOME_ACCEPTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import icecube.heartbeat.BeatRefusedException.Refusal;
import icecube.heartbeat.ChangeLog.Change;
import icecube.v1.BeatRequest;
import icecube.v1.InstanceState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MembershipLimitsTest {
  private final FakeTime time = new FakeTime();
  private final Membership membership =
      new Membership(MembershipSettings.DEFAULT, Set.of(), 1_000, time.now());

  @Test
  void refusesAMemberAboveTheLimit() {
    Membership small = withLimits(2, 64, 16);
    small.beat(beat("a", 1, 1, SERVING), time.now());
    small.beat(beat("b", 1, 1, SERVING), time.now());

    assertThatThrownBy(() -> small.beat(beat("c", 1, 1, SERVING), time.now()))
        .isInstanceOfSatisfying(
            BeatRefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.FULL))
        .hasMessageContaining("members: 2")
        .hasMessageContaining("member-count-max 2");
    assertThat(small.beat(beat("a", 1, 2, SERVING), time.now())).isEqualTo(BEAT_OUTCOME_ACCEPTED);
  }

  @Test
  void forgetsTheLongestEndedWhenItNeedsRoom() {
    Membership small = withLimits(2, 64, 16);
    small.beat(beat("a", 1, 1, SERVING), time.now());
    small.beat(beat("b", 1, 1, SERVING), time.now());
    small.beat(beat("b", 1, 2, LEFT), time.now());
    time.pass(Duration.ofSeconds(1));
    small.beat(beat("a", 1, 2, LEFT), time.now());

    small.beat(beat("c", 1, 1, SERVING), time.now());

    assertThat(small.list("", time.now()))
        .extracting(m -> m.getInstance().getInstanceId())
        .containsExactly("a", "c");
  }

  @Test
  void refusesAKindAboveTheLimit() {
    Membership small = withLimits(100, 1, 16);
    small.beat(beat("a", 1, 1, SERVING), time.now());

    assertThatThrownBy(() -> small.beat(beat(instance("other", "x", 1), 1, SERVING), time.now()))
        .isInstanceOf(BeatRefusedException.class)
        .hasMessageContaining("kind-count-max 1");
  }

  @Test
  void refusesAMalformedBeatWithTheValueAndTheExpectation() {
    assertRefused(beat(instance("Consumer!", "a", 1), 1, SERVING), "kind: Consumer!");
    assertRefused(beat(instance("", "a", 1), 1, SERVING), "kind: ");
    assertRefused(beat(" ", 1, 1, SERVING), "instance_id:   (expected: not empty)");
    assertRefused(beat("x".repeat(257), 1, 1, SERVING), "instance_id: 257 characters");
    assertRefused(beat("a", 1, 0, SERVING), "sequence: 0 (expected: >= 1)");
    assertRefused(beat("a", 1, 1, SUSPECT), "state: INSTANCE_STATE_SUSPECT");
    assertRefused(beat("a", 1, 1, DEAD), "state: INSTANCE_STATE_DEAD");
    assertRefused(
        beat("a", 1, 1, InstanceState.INSTANCE_STATE_UNSPECIFIED),
        "state: INSTANCE_STATE_UNSPECIFIED");
    assertRefused(
        beat("a", 1, 1, SERVING).toBuilder().setStateValue(99).build(), "state: UNRECOGNIZED");
    assertThat(membership.list("", time.now())).isEmpty();
  }

  @Test
  void givesEachChangeTheNextRevisionAndSilenceNone() {
    membership.beat(beat("a", 1, 1, STARTING), time.now());
    membership.beat(beat("a", 1, 2, SERVING), time.now());
    membership.beat(beat("a", 1, 3, SERVING), time.now());

    assertThat(membership.revision()).isEqualTo(1_002);
    assertThat(membership.changesSince(1_000, 10).orElseThrow())
        .extracting(Change::revision)
        .containsExactly(1_001L, 1_002L);
    assertThat(membership.changesSince(1_002, 10)).contains(List.of());
  }

  @Test
  void tellsAChangedAddressAsAChange() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());
    BeatRequest moved = beat("a", 1, 2, SERVING);

    membership.beat(
        moved.toBuilder().setInstance(moved.getInstance().toBuilder().setAddress("b:2")).build(),
        time.now());

    assertThat(membership.changesSince(1_001, 10).orElseThrow())
        .singleElement()
        .satisfies(c -> assertThat(c.member().getInstance().getAddress()).isEqualTo("b:2"));
  }

  @Test
  void keepsOnlyTheLastChanges() {
    Membership small = withLimits(100, 64, 4);
    for (int i = 1; i <= 6; i++) {
      small.beat(beat("a" + i, 1, 1, SERVING), time.now());
    }

    assertThat(small.changesSince(1_001, 10)).isEmpty();
    assertThat(small.changesSince(1_002, 10).orElseThrow()).hasSize(4);
    assertThat(small.changesSince(1_002, 3).orElseThrow())
        .extracting(Change::revision)
        .containsExactly(1_003L, 1_004L, 1_005L);
  }

  @Test
  void knowsNoRevisionOfAnotherLife() {
    membership.beat(beat("a", 1, 1, SERVING), time.now());

    assertThat(membership.changesSince(999, 10)).isEmpty();
    assertThat(membership.changesSince(1_002, 10)).isEmpty();
    assertThat(membership.changesSince(-1, 10)).isEmpty();
  }

  private static void assertRefused(Membership of, BeatRequest beat, String message, long now) {
    assertThatThrownBy(() -> of.beat(beat, now))
        .isInstanceOfSatisfying(
            BeatRefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.INVALID))
        .hasMessageContaining(message);
  }

  private void assertRefused(BeatRequest beat, String message) {
    assertRefused(membership, beat, message, time.now());
  }

  private Membership withLimits(int members, int kinds, int changes) {
    MembershipSettings d = MembershipSettings.DEFAULT;
    return new Membership(
        new MembershipSettings(
            d.suspectAfter(),
            d.deadAfter(),
            d.forgetAfter(),
            d.sweepPeriod(),
            members,
            kinds,
            changes,
            d.freezeWindow(),
            d.freezeShare(),
            d.freezeCountMin(),
            d.recoveryShare(),
            d.recoveryTime(),
            d.freezeTimeMax()),
        Set.of(),
        1_000,
        time.now());
  }
}
