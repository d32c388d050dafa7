// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.chassis.TimeAndChance;

/**
 * Whether one model server has of late answered what it was asked. After {@value #FAILURES_MAX}
 * failures in a row (no answer in time, one that does not fit, a refusal that is not overload) it
 * is avoided as long as another can be asked, but for one probe at a time; one good answer restores
 * it.
 *
 * <p>Without this, the server that hangs or refuses at once would be asked most: it has the fewest
 * requests in flight. Thread-safe.
 */
final class ServerTrust {
  static final int FAILURES_MAX = 3;

  private final TimeAndChance time;
  private final Backoff backoff;
  private int failures;
  private long probeNanos;

  /**
   * @param backoff pauses between probes
   */
  ServerTrust(TimeAndChance time, Backoff backoff) {
    this.time = time;
    this.backoff = backoff;
    this.probeNanos = time.nanoTime();
  }

  synchronized void succeeded() {
    failures = 0;
    backoff.reset();
  }

  synchronized void failed() {
    failures++;
    // What fails together, as all requests of a stream do, is one probe that failed.
    if (!isTrusted() && mayBeProbed()) {
      probeNanos = time.nanoTime() + backoff.next().toNanos();
    }
  }

  synchronized boolean isTrusted() {
    return failures < FAILURES_MAX;
  }

  /** Whether a server that is not trusted may be given a probe now. */
  synchronized boolean mayBeProbed() {
    return time.nanoTime() - probeNanos >= 0;
  }
}
