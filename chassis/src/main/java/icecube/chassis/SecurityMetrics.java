// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Counts what transport security takes on and turns away. Thread-safe. */
final class SecurityMetrics {
  final Counter reloadsAccepted;
  final Counter reloadsRefused;
  final Counter deniedUnknown;
  final Counter deniedRole;

  private final MeterRegistry meters;

  SecurityMetrics(MeterRegistry meters) {
    this.meters = meters;
    reloadsAccepted = reloads("accepted");
    reloadsRefused = reloads("refused");
    deniedUnknown = denied("unknown");
    deniedRole = denied("role");
  }

  /** Shows when our certificate ends, in seconds since 1970. */
  void certificate(Supplier<Number> expiresAtSeconds) {
    TimeGauge.builder("icecube.chassis.certificate.expiry", expiresAtSeconds, TimeUnit.SECONDS)
        .description("When our certificate ends, in seconds since 1970")
        .register(meters);
  }

  private Counter reloads(String outcome) {
    return Counter.builder("icecube.chassis.security.reloads")
        .tag("outcome", outcome)
        .description("Changes of keys, certificates and tokens, taken on or not sound")
        .register(meters);
  }

  private Counter denied(String reason) {
    return Counter.builder("icecube.chassis.calls.denied")
        .tag("reason", reason)
        .description("Calls of nobody we know, or of a role that may not")
        .register(meters);
  }
}
