// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import icecube.heartbeat.ChangeLog.Change;
import icecube.v1.BeatOutcome;
import icecube.v1.BeatRequest;
import icecube.v1.InstanceState;
import icecube.v1.Member;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * A {@link Membership} behind one lock and one clock. Thread-safe; every method is quick and does
 * no I/O, so event loops may call it.
 */
final class SharedMembership {
  /**
   * Everybody at one moment.
   *
   * @param members by kind, then id
   * @param revision the moment
   */
  record Snapshot(List<Member> members, long revision) {}

  /**
   * The figures of one moment.
   *
   * @param counts instances by kind and state
   * @param frozenKinds kinds in which nobody may die
   * @param missedKinds kinds that have members, or whose last member died
   * @param revision the moment
   */
  record Figures(
      Map<String, Map<InstanceState, Integer>> counts,
      Set<String> frozenKinds,
      Set<String> missedKinds,
      long revision) {}

  private final Object lock = new Object();
  private final LongSupplier nanoTime;

  @GuardedBy("lock")
  private final Membership membership;

  SharedMembership(
      MembershipSettings settings, Set<String> kinds, long startRevision, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.membership = new Membership(settings, kinds, startRevision, nanoTime.getAsLong());
  }

  BeatOutcome beat(BeatRequest beat) {
    synchronized (lock) {
      return membership.beat(beat, nanoTime.getAsLong());
    }
  }

  Membership.Sweep sweep() {
    synchronized (lock) {
      return membership.sweep(nanoTime.getAsLong());
    }
  }

  Snapshot snapshot(String kind) {
    synchronized (lock) {
      return new Snapshot(membership.list(kind, nanoTime.getAsLong()), membership.revision());
    }
  }

  Figures figures() {
    synchronized (lock) {
      return new Figures(
          membership.counts(),
          membership.frozenKinds(),
          membership.missedKinds(),
          membership.revision());
    }
  }

  long revision() {
    synchronized (lock) {
      return membership.revision();
    }
  }

  Optional<List<Change>> changesSince(long revision, int countMax) {
    synchronized (lock) {
      return membership.changesSince(revision, countMax);
    }
  }
}
