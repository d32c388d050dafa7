// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Doubts the registry before it doubts everybody: when too many of one kind would die within a
 * short time, the network or the registry is the likelier cause, so nobody of the kind dies until
 * beats are regular again.
 *
 * <p>The way out is measured against those heard lately, not against those once known, so that a
 * freeze ends although some really died; and it ends after a longest time in any case. Confined to
 * its {@link Membership}; times in ns.
 */
final class MassExpiryGuard {
  private static final long NOT_HEALTHY = Long.MIN_VALUE;

  private final MembershipSettings settings;
  private final Deque<Long> deaths = new ArrayDeque<>();
  private boolean frozen;
  private long frozenAt;
  private long healthySince = NOT_HEALTHY;

  MassExpiryGuard(MembershipSettings settings) {
    this.settings = settings;
  }

  boolean isFrozen() {
    return frozen;
  }

  /**
   * Whether those whose lease is over may die now.
   *
   * @param living members neither DEAD nor LEFT, those whose lease is over included
   * @param over of these, whose lease is over
   * @param heardLately of these, heard within the freeze window
   * @param renewing of these, not even suspect
   */
  boolean allows(int living, int over, int heardLately, int renewing, long now) {
    return frozen ? recovers(heardLately, renewing, now) : !freezes(living, over, now);
  }

  private boolean freezes(int living, int over, long now) {
    long windowStart = now - settings.freezeWindow().toNanos();
    while (!deaths.isEmpty() && deaths.peekFirst() - windowStart < 0) {
      deaths.removeFirst();
    }
    if (over == 0) {
      return false;
    }
    int base = living + deaths.size();
    double tolerated = Math.max(settings.freezeCountMin(), settings.freezeShare() * base);
    if (deaths.size() + over > tolerated) {
      frozen = true;
      frozenAt = now;
      healthySince = NOT_HEALTHY;
      return true;
    }
    for (int i = 0; i < over; i++) {
      deaths.addLast(now);
    }
    return false;
  }

  private boolean recovers(int heardLately, int renewing, long now) {
    boolean healthy = heardLately > 0 && renewing >= settings.recoveryShare() * heardLately;
    if (!healthy) {
      healthySince = NOT_HEALTHY;
    } else if (healthySince == NOT_HEALTHY) {
      healthySince = now;
    }
    boolean recovered = healthy && now - healthySince >= settings.recoveryTime().toNanos();
    if (recovered || now - frozenAt >= settings.freezeTimeMax().toNanos()) {
      frozen = false;
      // Those who die of this are accounted for; counting them would freeze the kind again.
      deaths.clear();
      return true;
    }
    return false;
  }
}
