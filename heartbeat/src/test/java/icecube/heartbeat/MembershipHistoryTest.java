// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import static icecube.heartbeat.Beats.DEAD;
import static icecube.heartbeat.Beats.LEFT;
import static icecube.heartbeat.Beats.SUSPECT;
import static icecube.heartbeat.Beats.beat;
import static icecube.heartbeat.Beats.instance;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import icecube.heartbeat.ChangeLog.Change;
import icecube.v1.BeatOutcome;
import icecube.v1.BeatRequest;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import icecube.v1.Member;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random histories of beats, losses, restarts and pauses, against what must always hold. */
class MembershipHistoryTest {
  private static final int HISTORY_COUNT = 200;
  private static final int STEP_COUNT = 600;
  private static final int MEMBER_COUNT_MAX = 12;
  private static final List<InstanceState> SAID =
      List.of(Beats.STARTING, Beats.SERVING, Beats.SERVING, Beats.DRAINING, LEFT);

  @Test
  void everyHistoryKeepsTheRules() {
    long seed = Long.getLong("icecube.seed", 0x5eed_0001L);
    for (int i = 0; i < HISTORY_COUNT; i++) {
      long historySeed = seed + i;
      try {
        new History(historySeed).play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(String.format("repeat with -Dicecube.seed=0x%x", historySeed), e);
      }
    }
  }

  private static final class History {
    private final SplittableRandom random;
    private final FakeTime time = new FakeTime();
    private final Membership membership;
    private final Map<String, BeatRequest> lastTaken = new HashMap<>();
    private final Map<String, Long> takenAt = new HashMap<>();
    private final View view = new View();
    private long revision = 5_000;

    History(long seed) {
      random = new SplittableRandom(seed);
      MembershipSettings d = MembershipSettings.DEFAULT;
      membership =
          new Membership(
              new MembershipSettings(
                  d.suspectAfter(),
                  d.deadAfter(),
                  d.forgetAfter(),
                  d.sweepPeriod(),
                  MEMBER_COUNT_MAX,
                  3,
                  d.changeCountMax(),
                  d.freezeWindow(),
                  d.freezeShare(),
                  d.freezeCountMin(),
                  d.recoveryShare(),
                  d.recoveryTime(),
                  d.freezeTimeMax()),
              Set.of("consumer"),
              revision,
              time.now());
    }

    void play() {
      for (int step = 0; step < STEP_COUNT; step++) {
        int chance = random.nextInt(100);
        if (chance < 60) {
          oneBeat();
        } else if (chance < 98) {
          sweepAfter(Duration.ofMillis(400 + random.nextInt(200)));
        } else {
          sweepAfter(Duration.ofSeconds(1 + random.nextInt(30)));
        }
        followChanges();
        checkMembers();
      }
    }

    private void oneBeat() {
      String kind = random.nextInt(4) == 0 ? "emitter" : "consumer";
      String id = "i" + random.nextInt(8);
      BeatRequest before = lastTaken.get(kind + id);
      long incarnation = before == null ? 10 : before.getInstance().getIncarnation();
      long sequence = before == null ? 1 : before.getSequence() + 1;
      switch (random.nextInt(10)) {
        case 0 -> sequence = 1 + random.nextLong(20);
        case 1 -> {
          incarnation += random.nextLong(3) - 1;
          sequence = 1;
        }
        default -> {}
      }
      Instance by = instance(kind, id, incarnation);
      BeatRequest sent = beat(by, sequence, SAID.get(random.nextInt(SAID.size())));
      Member known = find(by);
      BeatOutcome outcome;
      try {
        outcome = membership.beat(sent, time.now());
      } catch (BeatRefusedException e) {
        assertThat(known).as("only a stranger is refused").isNull();
        assertThat(membership.list("", time.now())).hasSize(MEMBER_COUNT_MAX);
        return;
      }
      assertThat(outcome).isEqualTo(expected(known, before, sent));
      if (outcome == BeatOutcome.BEAT_OUTCOME_ACCEPTED) {
        lastTaken.put(kind + id, sent);
        takenAt.put(kind + id, time.now());
      }
    }

    private static BeatOutcome expected(
        @Nullable Member known, @Nullable BeatRequest before, BeatRequest sent) {
      if (known == null) {
        return BeatOutcome.BEAT_OUTCOME_ACCEPTED;
      }
      long was = known.getInstance().getIncarnation();
      long is = sent.getInstance().getIncarnation();
      if (is != was) {
        return is > was ? BeatOutcome.BEAT_OUTCOME_ACCEPTED : BeatOutcome.BEAT_OUTCOME_SUPERSEDED;
      }
      boolean newer = sent.getSequence() > requireNonNull(before).getSequence();
      return newer && known.getState() != LEFT
          ? BeatOutcome.BEAT_OUTCOME_ACCEPTED
          : BeatOutcome.BEAT_OUTCOME_STALE;
    }

    private void sweepAfter(Duration gap) {
      time.pass(gap);
      Set<String> frozenBefore = membership.frozenKinds();
      Membership.Sweep sweep = membership.sweep(time.now());
      boolean pause = gap.compareTo(MembershipSettings.DEFAULT.sweepPeriod().multipliedBy(2)) > 0;
      assertThat(sweep.pauseNanos()).isEqualTo(pause ? gap.toNanos() : 0);
      if (frozenBefore.isEmpty()) {
        // Two kinds; of each at most two, or 34 % of at most eight.
        assertThat(sweep.died()).isLessThanOrEqualTo(4);
      }
    }

    private void followChanges() {
      List<Change> changes = membership.changesSince(revision, Integer.MAX_VALUE).orElseThrow();
      for (Change change : changes) {
        assertThat(change.revision()).isEqualTo(++revision);
        view.apply(change.member());
      }
      assertThat(revision).isEqualTo(membership.revision());
      assertThat(view.members()).isEqualTo(View.of(membership.list("", time.now())));
    }

    private void checkMembers() {
      List<Member> members = membership.list("", time.now());
      assertThat(members).hasSizeLessThanOrEqualTo(MEMBER_COUNT_MAX);
      for (Member member : members) {
        Instance by = member.getInstance();
        String key = by.getKind() + by.getInstanceId();
        long silence = time.now() - requireNonNull(takenAt.get(key));
        InstanceState said = requireNonNull(lastTaken.get(key)).getState();
        assertThat(member.getBeatAgeMs()).isEqualTo(silence / 1_000_000);
        if (member.getState() == DEAD) {
          assertThat(silence).isGreaterThanOrEqualTo(Duration.ofSeconds(10).toNanos());
        } else if (member.getState() == SUSPECT) {
          assertThat(silence).isGreaterThanOrEqualTo(Duration.ofSeconds(3).toNanos());
        } else {
          assertThat(member.getState()).isEqualTo(said);
        }
      }
    }

    private @Nullable Member find(Instance by) {
      return membership.list(by.getKind(), time.now()).stream()
          .filter(m -> m.getInstance().getInstanceId().equals(by.getInstanceId()))
          .findFirst()
          .orElse(null);
    }
  }
}
