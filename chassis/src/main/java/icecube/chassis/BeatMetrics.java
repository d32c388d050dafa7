// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import icecube.v1.Instance;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The account of the {@link BeatSender}s of a process: every beat due ends as accepted or as
 * dropped with a reason, {@code due = accepted + dropped + unanswered}, where unanswered is at most
 * the beats of one answer timeout.
 */
final class BeatMetrics {
  private static final String DROPPED = "icecube.chassis.beats.dropped";

  final Counter due;
  final Counter accepted;

  /** The registry took it for an old one. */
  final Counter stale;

  /** A newer incarnation lives. */
  final Counter superseded;

  /** Sent, and the call ended before the answer. */
  final Counter lost;

  /** Not sent: the registry is away or does not read. */
  final Counter notSent;

  /** Not sent: the component could not say how it is. */
  final Counter noState;

  final Counter connects;
  private final AtomicInteger connected = new AtomicInteger();

  BeatMetrics(MeterRegistry metrics, Instance instance) {
    due =
        Counter.builder("icecube.chassis.beats.due")
            .description("Beats that were due")
            .register(metrics);
    accepted =
        Counter.builder("icecube.chassis.beats.accepted")
            .description("Beats the registry accepted")
            .register(metrics);
    stale = dropped(metrics, "stale");
    superseded = dropped(metrics, "superseded");
    lost = dropped(metrics, "lost");
    notSent = dropped(metrics, "not_sent");
    noState = dropped(metrics, "no_state");
    connects =
        Counter.builder("icecube.chassis.registry.connects")
            .description("Calls opened to the registry, the first one too")
            .register(metrics);
    Gauge.builder("icecube.chassis.registry.connected", connected, AtomicInteger::get)
        .description("1 while the registry answers beats, else 0")
        .tag("kind", instance.getKind())
        .tag("instance", instance.getInstanceId())
        .register(metrics);
  }

  void connected(boolean now) {
    connected.set(now ? 1 : 0);
  }

  private static Counter dropped(MeterRegistry metrics, String reason) {
    return Counter.builder(DROPPED)
        .description("Beats not accepted, by reason")
        .tag("reason", reason)
        .register(metrics);
  }
}
