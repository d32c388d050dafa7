// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.v1.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The last changes of a registry, each with its revision; older ones are overwritten. Confined to
 * its {@link Membership}.
 */
final class ChangeLog {
  /**
   * A member as it became at a revision.
   *
   * @param revision grows by one with every change
   * @param member who changed and how it is now
   */
  record Change(long revision, Member member) {}

  private final Change[] ring;
  private final long startRevision;
  private long revision;

  /** Revisions count on from {@code startRevision}, which must differ between registry lives. */
  ChangeLog(int capacity, long startRevision) {
    this.ring = new Change[capacity];
    this.startRevision = startRevision;
    this.revision = startRevision;
  }

  long revision() {
    return revision;
  }

  void add(Member member) {
    revision++;
    ring[slot(revision)] = new Change(revision, member);
  }

  /**
   * At most {@code countMax} changes after {@code since}, oldest first; empty if {@code since} is
   * not a revision of this log or the changes after it are no longer all kept.
   */
  Optional<List<Change>> since(long since, int countMax) {
    long oldest = Math.max(startRevision, revision - ring.length);
    if (since < oldest || since > revision) {
      return Optional.empty();
    }
    long last = Math.min(revision, since + countMax);
    List<Change> changes = new ArrayList<>((int) (last - since));
    for (long next = since + 1; next <= last; next++) {
      changes.add(ring[slot(next)]);
    }
    return Optional.of(changes);
  }

  private int slot(long ofRevision) {
    return (int) Math.floorMod(ofRevision, (long) ring.length);
  }
}
