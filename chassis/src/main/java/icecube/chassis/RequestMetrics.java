// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import icecube.otel.Meters;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;

/**
 * Counts the requests of one process that no service has seen, as they are no message. Thread-safe.
 */
final class RequestMetrics {
  private final Counter unreadable;
  private final Counter tooLarge;

  RequestMetrics(Meters meters) {
    unreadable = refused(meters, Reason.REASON_REQUEST_UNREADABLE);
    tooLarge = refused(meters, Reason.REASON_REQUEST_TOO_LARGE);
  }

  /** A call ended, as its bytes are no message. */
  void unreadable() {
    unreadable.increment();
  }

  /** A call ended, as its message is too large when unpacked. */
  void tooLarge() {
    tooLarge.increment();
  }

  private static Counter refused(Meters meters, Reason reason) {
    return meters.counter(
        "icecube_chassis_requests_refused_total", "reason", Reasons.nameOf(reason));
  }
}
