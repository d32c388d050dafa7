// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.heartbeat.BeatRefusedException.Refusal;
import icecube.heartbeat.ChangeLog.Change;
import icecube.v1.BeatOutcome;
import icecube.v1.BeatRequest;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import icecube.v1.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who is alive: a state machine that knows no clock, no thread and no network. Time comes as an
 * argument, in ns of one monotonic clock, and is only compared by difference.
 *
 * <pre>
 *   STARTING, SERVING, DRAINING  &lt;--beat--  SUSPECT  &lt;--3 s of silence--
 *          |                                   |
 *          | goodbye                           | 10 s of silence, unless its kind is frozen
 *          v                                   v
 *        LEFT (final for its incarnation)    DEAD (a newer beat revives it)
 *          \------ both forgotten after 60 s ------/
 * </pre>
 *
 * <p>A beat counts if its incarnation is higher than the known one, or equal with a higher
 * sequence. Not thread-safe: see {@link SharedMembership}.
 */
final class Membership {
  /** How a kind must look: it becomes a metric label and a health service's name. */
  static final String KIND_FORM = "[a-z][a-z0-9-]{0,62}";

  /** Longest instance id and address, characters. */
  static final int TEXT_LENGTH_MAX = 256;

  private static final Pattern KIND = Pattern.compile(KIND_FORM);

  /**
   * What one sweep did.
   *
   * @param suspected members that became SUSPECT
   * @param died members that became DEAD
   * @param forgotten members dropped
   * @param pauseNanos the registry's own pause that was added to the leases, or 0
   */
  record Sweep(int suspected, int died, int forgotten, long pauseNanos) {}

  private final MembershipSettings settings;
  private final NavigableMap<String, KindMembers> kinds = new TreeMap<>();
  private final ChangeLog changes;
  private long sweptAt;
  private int memberCount;

  /**
   * @param kinds known before anybody beats
   * @param startRevision where revisions start; must differ between lives of a registry, so that a
   *     watcher of the last life cannot resume in this one
   */
  Membership(MembershipSettings settings, Set<String> kinds, long startRevision, long now) {
    this.settings = settings;
    this.changes = new ChangeLog(settings.changeCountMax(), startRevision);
    this.sweptAt = now;
    for (String kind : kinds) {
      this.kinds.put(kind, new KindMembers(settings));
    }
  }

  static boolean isKind(String text) {
    return KIND.matcher(text).matches();
  }

  /**
   * Takes one beat.
   *
   * @throws BeatRefusedException if it is malformed or a limit is met
   */
  BeatOutcome beat(BeatRequest beat, long now) {
    check(beat);
    Instance by = beat.getInstance();
    KindMembers kind = kinds.get(by.getKind());
    MemberLease lease = kind == null ? null : kind.leases().get(by.getInstanceId());
    if (lease == null) {
      admit(beat, now);
      return BeatOutcome.BEAT_OUTCOME_ACCEPTED;
    }
    long known = lease.instance().getIncarnation();
    if (by.getIncarnation() < known) {
      return BeatOutcome.BEAT_OUTCOME_SUPERSEDED;
    }
    boolean sameLife = by.getIncarnation() == known;
    boolean late = Long.compareUnsigned(beat.getSequence(), lease.sequence()) <= 0;
    if (sameLife && (late || lease.seen() == InstanceState.INSTANCE_STATE_LEFT)) {
      return BeatOutcome.BEAT_OUTCOME_STALE;
    }
    if (lease.renew(by, beat.getSequence(), beat.getState(), beat.getInFlight(), now)) {
      changes.add(lease.member(now));
    }
    return BeatOutcome.BEAT_OUTCOME_ACCEPTED;
  }

  /** Looks at all leases; to be called every sweep period. */
  Sweep sweep(long now) {
    long gap = now - sweptAt;
    sweptAt = now;
    boolean paused = gap > 2 * settings.sweepPeriod().toNanos();
    Consumer<MemberLease> changed = lease -> changes.add(lease.member(now));
    int suspected = 0;
    int died = 0;
    int forgotten = 0;
    for (KindMembers kind : kinds.values()) {
      if (paused) {
        kind.extend(gap, now);
      }
      suspected += kind.suspectSilent(now, changed);
      died += kind.endLeases(now, changed);
      forgotten += kind.forget(now);
    }
    memberCount -= forgotten;
    return new Sweep(suspected, died, forgotten, paused ? gap : 0);
  }

  /** Members by kind and id, the DEAD and LEFT not yet forgotten too; empty kind means all. */
  List<Member> list(String ofKind, long now) {
    List<Member> members = new ArrayList<>();
    for (Map.Entry<String, KindMembers> kind : kinds.entrySet()) {
      if (ofKind.isEmpty() || ofKind.equals(kind.getKey())) {
        for (MemberLease lease : kind.getValue().leases().values()) {
          members.add(lease.member(now));
        }
      }
    }
    return members;
  }

  /** Grows by one with every change of a member's state, incarnation or address. */
  long revision() {
    return changes.revision();
  }

  /** See {@link ChangeLog#since}. */
  Optional<List<Change>> changesSince(long revision, int countMax) {
    return changes.since(revision, countMax);
  }

  /** How many members of each known kind are in each state that occurs. */
  Map<String, Map<InstanceState, Integer>> counts() {
    Map<String, Map<InstanceState, Integer>> counts = new TreeMap<>();
    kinds.forEach((name, kind) -> counts.put(name, kind.counts()));
    return counts;
  }

  /** Kinds in which nobody may die at the moment. */
  Set<String> frozenKinds() {
    Set<String> frozen = new TreeSet<>();
    kinds.forEach(
        (name, kind) -> {
          if (kind.isFrozen()) {
            frozen.add(name);
          }
        });
    return frozen;
  }

  /** Kinds that have members, or whose last member died. */
  Set<String> missedKinds() {
    Set<String> missed = new TreeSet<>();
    kinds.forEach(
        (name, kind) -> {
          if (kind.isMissed()) {
            missed.add(name);
          }
        });
    return missed;
  }

  private void admit(BeatRequest beat, long now) {
    if (beat.getState() == InstanceState.INSTANCE_STATE_LEFT) {
      // The goodbye of somebody already forgotten: nothing to keep, nobody to tell.
      return;
    }
    Instance by = beat.getInstance();
    if (memberCount >= settings.memberCountMax() && !forgetOneEnded()) {
      throw new BeatRefusedException(
          Refusal.FULL,
          "members: "
              + memberCount
              + " (expected: < member-count-max "
              + settings.memberCountMax()
              + "); raise it, or start fewer instances per registry");
    }
    KindMembers kind = kinds.get(by.getKind());
    if (kind == null) {
      kind = admitKind(by.getKind());
    }
    MemberLease lease =
        new MemberLease(by, beat.getSequence(), beat.getState(), beat.getInFlight(), now);
    kind.leases().put(by.getInstanceId(), lease);
    memberCount++;
    changes.add(lease.member(now));
  }

  private KindMembers admitKind(String name) {
    if (kinds.size() >= settings.kindCountMax()) {
      throw new BeatRefusedException(
          Refusal.FULL,
          "kinds: "
              + kinds.size()
              + " (expected: < kind-count-max "
              + settings.kindCountMax()
              + "); is the instance id sent as the kind?");
    }
    KindMembers kind = new KindMembers(settings);
    kinds.put(name, kind);
    return kind;
  }

  /** Makes room by forgetting, before its time, the member that ended first. */
  private boolean forgetOneEnded() {
    @Nullable KindMembers ofKind = null;
    @Nullable MemberLease first = null;
    for (KindMembers kind : kinds.values()) {
      for (MemberLease lease : kind.leases().values()) {
        if (lease.isOver() && (first == null || lease.endedAt() - first.endedAt() < 0)) {
          ofKind = kind;
          first = lease;
        }
      }
    }
    if (ofKind == null || first == null) {
      return false;
    }
    ofKind.leases().remove(first.instance().getInstanceId());
    memberCount--;
    return true;
  }

  private static void check(BeatRequest beat) {
    Instance by = beat.getInstance();
    require(isKind(by.getKind()), "kind", by.getKind(), KIND_FORM);
    require(!by.getInstanceId().isBlank(), "instance_id", by.getInstanceId(), "not empty");
    requireShort("instance_id", by.getInstanceId());
    requireShort("address", by.getAddress());
    requireShort("management_address", by.getManagementAddress());
    require(beat.getSequence() != 0, "sequence", beat.getSequence(), ">= 1");
    switch (beat.getState()) {
      case INSTANCE_STATE_STARTING,
          INSTANCE_STATE_SERVING,
          INSTANCE_STATE_DRAINING,
          INSTANCE_STATE_LEFT -> {}
      case INSTANCE_STATE_UNSPECIFIED, INSTANCE_STATE_SUSPECT, INSTANCE_STATE_DEAD, UNRECOGNIZED ->
          require(false, "state", beat.getState(), "STARTING, SERVING, DRAINING or LEFT");
    }
  }

  private static void requireShort(String name, String text) {
    require(
        text.length() <= TEXT_LENGTH_MAX,
        name,
        text.length() + " characters",
        "<= " + TEXT_LENGTH_MAX);
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new BeatRefusedException(
          Refusal.INVALID, name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
