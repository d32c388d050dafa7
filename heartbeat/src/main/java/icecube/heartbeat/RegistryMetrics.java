// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import icecube.heartbeat.BeatRefusedException.Refusal;
import icecube.v1.BeatOutcome;
import icecube.v1.InstanceState;
import icecube.v1.Member;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
  private final TaggedGauges instances;
  private final TaggedGauges expected;
  private final TaggedGauges selfPreservation;
  private final TaggedGauges beatAges;
  private final AtomicInteger watchers = new AtomicInteger();
  private final AtomicLong pauseNanos = new AtomicLong();
  private final Counter watchersSlow;
  private final Counter watchersFull;

  RegistryMetrics(MeterRegistry metrics) {
    accepted = counter(metrics, "icecube.heartbeat.accepted", "Beats that renewed a lease");
    staleSequence = counter(metrics, "icecube.heartbeat.stale", "Beats too late", "seq");
    staleIncarnation = counter(metrics, "icecube.heartbeat.stale", "Beats too late", "incarnation");
    refusedInvalid = counter(metrics, "icecube.heartbeat.refused", "Beats refused", "invalid");
    refusedFull = counter(metrics, "icecube.heartbeat.refused", "Beats refused", "full");
    missed = counter(metrics, "icecube.heartbeat.missed", "Members that became SUSPECT");
    dead = counter(metrics, "icecube.heartbeat.expired", "Members that became DEAD");
    watchersSlow =
        counter(metrics, "icecube.registry.watchers.dropped", "Watches ended or refused", "slow");
    watchersFull =
        counter(metrics, "icecube.registry.watchers.dropped", "Watches ended or refused", "full");
    instances = gauges(metrics, "icecube.registry.instances", "Members by kind and state");
    expected = gauges(metrics, "icecube.registry.expected", "Instances wanted to serve");
    selfPreservation =
        gauges(metrics, "icecube.registry.self.preservation", "1 while nobody of the kind may die");
    beatAges =
        new TaggedGauges(
            metrics,
            MultiGauge.builder("icecube.heartbeat.age")
                .description("Time since the last beat of a member that has not left")
                .baseUnit("seconds"));
    metrics.gauge("icecube.registry.watchers", watchers);
    Gauge.builder("icecube.registry.sweep.gap", pauseNanos, nanos -> nanos.get() / 1e9)
        .description("The registry's last own pause, added to every lease; 0 if none yet")
        .baseUnit("seconds")
        .register(metrics);
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

  /** Sets the gauges per kind. */
  void kinds(SharedMembership.Figures figures, ToIntFunction<String> wanted) {
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
              wants.put(tags, (double) wanted.applyAsInt(kind));
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
                "instance", member.getInstance().getInstanceId());
        ages.put(tags, member.getBeatAgeMs() / 1e3);
      }
    }
    beatAges.set(ages);
  }

  private static String label(InstanceState state) {
    return state.name().substring("INSTANCE_STATE_".length());
  }

  private static Counter counter(MeterRegistry metrics, String name, String what) {
    return Counter.builder(name).description(what).register(metrics);
  }

  private static Counter counter(MeterRegistry metrics, String name, String what, String reason) {
    return Counter.builder(name).description(what).tag("reason", reason).register(metrics);
  }

  private static TaggedGauges gauges(MeterRegistry metrics, String name, String what) {
    return new TaggedGauges(metrics, MultiGauge.builder(name).description(what));
  }
}
