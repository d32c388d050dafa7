// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.v1.DeadLetter;
import icecube.v1.Reason;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which dead letters go round again; an empty set stands for all.
 *
 * @param reasons the reasons chosen
 * @param eventIds the events chosen
 * @param partition the partition chosen
 */
record RedriveChoice(Set<Reason> reasons, Set<Long> eventIds, OptionalInt partition) {
  /** Every letter that can go. */
  static final RedriveChoice ALL = new RedriveChoice(Set.of(), Set.of(), OptionalInt.empty());

  RedriveChoice {
    reasons = Set.copyOf(reasons);
    eventIds = Set.copyOf(eventIds);
  }

  boolean hasPartition(int index) {
    return partition.isEmpty() || partition.getAsInt() == index;
  }

  boolean has(DeadLetter letter) {
    return hasReason(letter.getReason())
        && (eventIds.isEmpty() || eventIds.contains(letter.getEventId()));
  }

  /** Whether an entry is chosen whose events nobody could read, so that none can be named. */
  boolean hasUnreadableEntry() {
    return eventIds.isEmpty() && hasReason(Reason.REASON_ENTRY_UNREADABLE);
  }

  private boolean hasReason(Reason reason) {
    return reasons.isEmpty() || reasons.contains(reason);
  }
}
