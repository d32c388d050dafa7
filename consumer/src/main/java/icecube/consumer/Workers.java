// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import java.time.Duration;

/** Whoever runs the steps of entries: threads, or a simulation. Thread-safe. */
public interface Workers extends AutoCloseable {
  /** Runs a step once {@code wait} is over, on a thread other than the caller's or later. */
  void execute(Runnable step, Duration wait);

  /** Begins no further step, and waits a while for those that run. */
  @Override
  void close();
}
