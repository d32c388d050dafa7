// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import icecube.otel.Meters;
import icecube.v1.Instance;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The account of the {@link BeatSender}s of a process: every beat due ends as accepted or as
 * dropped with a reason, {@code due = accepted + dropped + unanswered}, where unanswered is at most
 * the beats of one answer timeout.
 */
final class BeatMetrics {
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

  BeatMetrics(Meters meters, Instance instance) {
    due = meters.counter("icecube_chassis_beats_due_total");
    accepted = meters.counter("icecube_chassis_beats_accepted_total");
    stale = dropped(meters, "stale");
    superseded = dropped(meters, "superseded");
    lost = dropped(meters, "lost");
    notSent = dropped(meters, "not_sent");
    noState = dropped(meters, "no_state");
    connects = meters.counter("icecube_chassis_registry_connects_total");
    meters.gauge(
        "icecube_chassis_registry_connected",
        connected,
        AtomicInteger::get,
        "kind",
        instance.getKind(),
        "instance_id",
        instance.getInstanceId());
  }

  void connected(boolean now) {
    connected.set(now ? 1 : 0);
  }

  private static Counter dropped(Meters meters, String reason) {
    return meters.counter("icecube_chassis_beats_dropped_total", "reason", reason);
  }
}
