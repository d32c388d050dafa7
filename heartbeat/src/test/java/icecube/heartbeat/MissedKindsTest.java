// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.LEFT;
import static icecube.heartbeat.Beats.SERVING;
import static icecube.heartbeat.Beats.beat;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.v1.InstanceState;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Of which kinds somebody is missed, as long as nobody has configured how many are wanted. */
final class MissedKindsTest {
  private static final Duration SWEEP = MembershipSettings.DEFAULT.sweepPeriod();

  private final FakeTime time = new FakeTime();
  private final Membership membership =
      new Membership(MembershipSettings.DEFAULT, Set.of("emitter"), 0, time.now());

  @Test
  void aKindThatNeverCameIsNot() {
    assertThat(membership.missedKinds()).isEmpty();
  }

  @Test
  void aKindIsWhileAMemberIsThere() {
    send(1, SERVING);

    assertThat(membership.missedKinds()).containsExactly("consumer");
  }

  @Test
  void aKindIsNotOnceAllHaveSaidGoodbye() {
    send(1, SERVING);
    send(2, LEFT);
    assertThat(membership.missedKinds()).isEmpty();

    pass(Duration.ofMinutes(3));

    assertThat(membership.missedKinds()).isEmpty();
  }

  @Test
  void aKindIsAfterItsLastMemberDiedAlsoOnceThatIsForgotten() {
    send(1, SERVING);

    pass(Duration.ofSeconds(15));
    assertThat(membership.missedKinds()).containsExactly("consumer");
    pass(Duration.ofMinutes(3));

    assertThat(membership.list("consumer", time.now())).isEmpty();
    assertThat(membership.missedKinds()).containsExactly("consumer");
  }

  private void send(long sequence, InstanceState state) {
    assertThat(membership.beat(beat("a", 1, sequence, state), time.now())).isNotNull();
  }

  private void pass(Duration duration) {
    for (long left = duration.toNanos(); left > 0; left -= SWEEP.toNanos()) {
      time.pass(SWEEP);
      assertThat(membership.sweep(time.now())).isNotNull();
    }
  }
}
