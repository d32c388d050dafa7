// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.heartbeat.BeatRefusedException.Refusal;
import icecube.otel.GaugeRows;
import icecube.otel.Meters;
import icecube.v1.BeatOutcome;
import icecube.v1.InstanceState;
import icecube.v1.Member;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * The registry in figures. Every beat received is counted once: {@code received = accepted + stale
 * + refused}. Counters are thread-safe; the gauges are set by the registry's thread.
 */
final class RegistryMetrics {
  private final Counter accepted;
  private final Counter staleSequence;
  private final Counter staleIncarnation;
  private final Counter refusedInvalid;
  private final Counter refusedFull;
  private final Counter missed;
  private final Counter dead;
  private final GaugeRows instances;
  private final GaugeRows expected;
  private final GaugeRows selfPreservation;
  private final GaugeRows beatAges;
  private final AtomicInteger watchers = new AtomicInteger();
  private final AtomicLong pauseNanos = new AtomicLong();
  private final Counter watchersSlow;
  private final Counter watchersFull;

  RegistryMetrics(Meters meters) {
    accepted = meters.counter("icecube_heartbeat_accepted_total");
    staleSequence = meters.counter("icecube_heartbeat_stale_total", "reason", "seq");
    staleIncarnation = meters.counter("icecube_heartbeat_stale_total", "reason", "incarnation");
    refusedInvalid = meters.counter("icecube_heartbeat_refused_total", "reason", "invalid");
    refusedFull = meters.counter("icecube_heartbeat_refused_total", "reason", "full");
    missed = meters.counter("icecube_heartbeat_missed_total");
    dead = meters.counter("icecube_heartbeat_expired_total");
    watchersSlow = meters.counter("icecube_registry_watchers_dropped_total", "reason", "slow");
    watchersFull = meters.counter("icecube_registry_watchers_dropped_total", "reason", "full");
    instances = meters.gaugeRows("icecube_registry_instances");
    expected = meters.gaugeRows("icecube_registry_expected");
    selfPreservation = meters.gaugeRows("icecube_registry_self_preservation");
    beatAges = meters.gaugeRows("icecube_heartbeat_age_seconds");
    meters.gauge("icecube_registry_watchers", watchers, AtomicInteger::get);
    meters.gauge("icecube_registry_sweep_gap_seconds", pauseNanos, nanos -> nanos.get() / 1e9);
  }

  void answered(BeatOutcome outcome) {
    switch (outcome) {
      case BEAT_OUTCOME_ACCEPTED -> accepted.increment();
      case BEAT_OUTCOME_STALE -> staleSequence.increment();
      case BEAT_OUTCOME_SUPERSEDED -> staleIncarnation.increment();
      case BEAT_OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalStateException("outcome: " + outcome + " (expected: a real one)");
    }
  }

  void refused(Refusal refusal) {
    switch (refusal) {
      case INVALID -> refusedInvalid.increment();
      case FULL -> refusedFull.increment();
    }
  }

  void swept(Membership.Sweep sweep) {
    missed.increment(sweep.suspected());
    dead.increment(sweep.died());
    if (sweep.pauseNanos() > 0) {
      pauseNanos.set(sweep.pauseNanos());
    }
  }

  void watchers(int count) {
    watchers.set(count);
  }

  void watcherSlow() {
    watchersSlow.increment();
  }

  void watcherRefused() {
    watchersFull.increment();
  }

  /**
   * Sets the gauges per kind. None is wanted of a kind that nobody configured and whose members
   * have all said goodbye, such as emitters that are through.
   */
  void kinds(
      SharedMembership.Figures figures,
      ToIntFunction<String> wanted,
      Predicate<String> isConfigured) {
    Map<Tags, Double> byState = new HashMap<>();
    Map<Tags, Double> wants = new HashMap<>();
    Map<Tags, Double> frozen = new HashMap<>();
    figures
        .counts()
        .forEach(
            (kind, counts) -> {
              Tags tags = Tags.of("kind", kind);
              for (InstanceState state : InstanceState.values()) {
                if (state != InstanceState.INSTANCE_STATE_UNSPECIFIED
                    && state != InstanceState.UNRECOGNIZED) {
                  Tags both = tags.and("state", label(state));
                  byState.put(both, (double) counts.getOrDefault(state, 0));
                }
              }
              boolean isWanted = isConfigured.test(kind) || figures.missedKinds().contains(kind);
              wants.put(tags, isWanted ? (double) wanted.applyAsInt(kind) : 0.0);
              frozen.put(tags, figures.frozenKinds().contains(kind) ? 1.0 : 0.0);
            });
    instances.set(byState);
    expected.set(wants);
    selfPreservation.set(frozen);
  }

  /** Sets the age of everybody's last beat; at most the registry's members, so bounded. */
  void beatAges(List<Member> members) {
    Map<Tags, Double> ages = new HashMap<>();
    for (Member member : members) {
      if (member.getState() != InstanceState.INSTANCE_STATE_LEFT) {
        Tags tags =
            Tags.of(
                "kind", member.getInstance().getKind(),
                "instance_id", member.getInstance().getInstanceId());
        ages.put(tags, member.getBeatAgeMs() / 1e3);
      }
    }
    beatAges.set(ages);
  }

  private static String label(InstanceState state) {
    return state.name().substring("INSTANCE_STATE_".length());
  }
}
