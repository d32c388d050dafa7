// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import icecube.otel.Meters;
import io.micrometer.core.instrument.Counter;
import java.util.function.Supplier;

/** Counts what transport security takes on and turns away. Thread-safe. */
final class SecurityMetrics {
  final Counter reloadsAccepted;
  final Counter reloadsRefused;
  final Counter deniedUnknown;
  final Counter deniedRole;

  private final Meters meters;

  SecurityMetrics(Meters meters) {
    this.meters = meters;
    reloadsAccepted = reloads("accepted");
    reloadsRefused = reloads("refused");
    deniedUnknown = denied("unknown");
    deniedRole = denied("role");
  }

  /** Shows when our certificate ends, in seconds since 1970. */
  void certificate(Supplier<Number> expiresAtSeconds) {
    meters.gauge(
        "icecube_chassis_certificate_expiry_seconds",
        expiresAtSeconds,
        expires -> expires.get().doubleValue());
  }

  private Counter reloads(String outcome) {
    return meters.counter("icecube_chassis_security_reloads_total", "outcome", outcome);
  }

  private Counter denied(String reason) {
    return meters.counter("icecube_chassis_calls_denied_total", "reason", reason);
  }
}
