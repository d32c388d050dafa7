// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.stream.EventLog;
import icecube.testkit.ForwardingEventLog;
import java.util.function.Supplier;

/** A log whose emitter dies at one of its requests, before or after it was done. */
final class CrashingEventLog extends ForwardingEventLog {
  private final int crashAt;
  private final boolean isDone;
  private int operations;

  CrashingEventLog(EventLog log, int crashAt, boolean isDone) {
    super(log);
    this.crashAt = crashAt;
    this.isDone = isDone;
  }

  int operations() {
    return operations;
  }

  @Override
  protected <T> T around(Supplier<T> operation) {
    if (operations++ != crashAt) {
      return operation.get();
    }
    if (isDone) {
      T unused = operation.get();
    }
    throw new IllegalStateException("test: crash");
  }
}
