// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.proto.InstanceStates;
import icecube.v1.Instance;
import icecube.v1.InstanceState;
import icecube.v1.Member;

/** What the registry knows of one instance. Confined to its {@link Membership}; times in ns. */
final class MemberLease {
  private Instance instance;
  private long sequence;
  private InstanceState seen;
  private int inFlight;
  private long beatAt;
  private long leaseFrom;
  private long endedAt;

  MemberLease(Instance instance, long sequence, InstanceState said, int inFlight, long now) {
    this.instance = instance;
    this.sequence = sequence;
    this.seen = said;
    this.inFlight = inFlight;
    this.beatAt = now;
    this.leaseFrom = now;
    this.endedAt = now;
  }

  Instance instance() {
    return instance;
  }

  long sequence() {
    return sequence;
  }

  /** How the registry sees it now. */
  InstanceState seen() {
    return seen;
  }

  /** DEAD or LEFT. */
  boolean isOver() {
    return !InstanceStates.isHere(seen);
  }

  long endedAt() {
    return endedAt;
  }

  /** Time of the lease used up, the registry's own pauses not counted. */
  long silence(long now) {
    return now - leaseFrom;
  }

  /** Takes a newer beat; whether watchers have something to be told. */
  boolean renew(Instance by, long newSequence, InstanceState newlySaid, int load, long now) {
    boolean changed = newlySaid != seen || !by.equals(instance);
    instance = by;
    sequence = newSequence;
    seen = newlySaid;
    inFlight = load;
    beatAt = now;
    leaseFrom = now;
    endedAt = now;
    return changed;
  }

  void suspect() {
    seen = InstanceState.INSTANCE_STATE_SUSPECT;
  }

  void die(long now) {
    seen = InstanceState.INSTANCE_STATE_DEAD;
    endedAt = now;
  }

  /** Gives back what a pause of the registry took from the lease. */
  void extend(long nanos, long now) {
    leaseFrom += Math.min(nanos, now - leaseFrom);
    endedAt += Math.min(nanos, now - endedAt);
  }

  /** Nanoseconds since the last beat, pauses counted. */
  long beatAge(long now) {
    return now - beatAt;
  }

  Member member(long now) {
    return Member.newBuilder()
        .setInstance(instance)
        .setState(seen)
        .setBeatAgeMs(beatAge(now) / 1_000_000)
        .setInFlight(inFlight)
        .build();
  }
}
