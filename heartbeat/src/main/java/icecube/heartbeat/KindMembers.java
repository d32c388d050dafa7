// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.v1.InstanceState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The members of one kind by instance id. Confined to its {@link Membership}; times in ns. */
final class KindMembers {
  private final MembershipSettings settings;
  private final MassExpiryGuard guard;
  private final NavigableMap<String, MemberLease> leases = new TreeMap<>();

  /** Whether the last of those forgotten had died, and not said goodbye. */
  private boolean isLastForgottenDead;

  KindMembers(MembershipSettings settings) {
    this.settings = settings;
    this.guard = new MassExpiryGuard(settings);
  }

  NavigableMap<String, MemberLease> leases() {
    return leases;
  }

  boolean isFrozen() {
    return guard.isFrozen();
  }

  /** Whether somebody of it is here, or the last who was has died: not all have said goodbye. */
  boolean isMissed() {
    boolean isAnyHere = leases.values().stream().anyMatch(lease -> !lease.isOver());
    return isAnyHere
        || leases.values().stream()
            .max(Comparator.comparingLong(MemberLease::endedAt))
            .map(last -> last.seen() == InstanceState.INSTANCE_STATE_DEAD)
            .orElse(isLastForgottenDead);
  }

  Map<InstanceState, Integer> counts() {
    Map<InstanceState, Integer> counts = new EnumMap<>(InstanceState.class);
    for (MemberLease lease : leases.values()) {
      counts.merge(lease.seen(), 1, Integer::sum);
    }
    return counts;
  }

  void extend(long nanos, long now) {
    for (MemberLease lease : leases.values()) {
      lease.extend(nanos, now);
    }
  }

  /** Suspects the silent and returns how many; {@code changed} hears of each. */
  int suspectSilent(long now, Consumer<MemberLease> changed) {
    int count = 0;
    for (MemberLease lease : leases.values()) {
      if (!lease.isOver()
          && lease.seen() != InstanceState.INSTANCE_STATE_SUSPECT
          && lease.silence(now) >= settings.suspectAfter().toNanos()) {
        lease.suspect();
        changed.accept(lease);
        count++;
      }
    }
    return count;
  }

  /** Ends the leases that are over, if the guard lets them, and returns how many. */
  int endLeases(long now, Consumer<MemberLease> changed) {
    List<MemberLease> over = new ArrayList<>();
    int living = 0;
    int heardLately = 0;
    int renewing = 0;
    for (MemberLease lease : leases.values()) {
      if (lease.isOver()) {
        continue;
      }
      long silence = lease.silence(now);
      living++;
      heardLately += silence < settings.freezeWindow().toNanos() ? 1 : 0;
      renewing += silence < settings.suspectAfter().toNanos() ? 1 : 0;
      if (silence >= settings.deadAfter().toNanos()) {
        over.add(lease);
      }
    }
    if (!guard.allows(living, over.size(), heardLately, renewing, now)) {
      return 0;
    }
    for (MemberLease lease : over) {
      lease.die(now);
      changed.accept(lease);
    }
    return over.size();
  }

  /** Drops whoever ended long ago and returns how many. */
  int forget(long now) {
    if (!leases.isEmpty()) {
      isLastForgottenDead = isMissed();
    }
    int count = 0;
    for (Iterator<MemberLease> each = leases.values().iterator(); each.hasNext(); ) {
      MemberLease lease = each.next();
      if (lease.isOver() && now - lease.endedAt() >= settings.forgetAfter().toNanos()) {
        each.remove();
        count++;
      }
    }
    return count;
  }
}
