// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A server that works on one request after the other, each for a fixed time, and stands still for a
 * while.
 */
final class SimulatedServer implements Caller {
  private final SimulatedTime time;
  private final long workNanos;
  private long stallFromNanos = Long.MAX_VALUE;
  private long stallUntilNanos = Long.MAX_VALUE;
  private IntFunction<Outcome> outcomes = call -> Outcome.OK;
  private long freeAtNanos;
  private int calls;

  SimulatedServer(SimulatedTime time, long workNanos) {
    this.time = time;
    this.workNanos = workNanos;
  }

  SimulatedServer stalling(long fromNanos, long untilNanos) {
    stallFromNanos = fromNanos;
    stallUntilNanos = untilNanos;
    return this;
  }

  /** What becomes of call 0, 1, ...; null for never an answer. */
  SimulatedServer answering(IntFunction<Outcome> byCall) {
    outcomes = byCall;
    return this;
  }

  int calls() {
    return calls;
  }

  @Override
  public int requestCount() {
    return 3;
  }

  @Override
  public int itemCount(int request) {
    return 4;
  }

  @Override
  public int rowCount(int request) {
    return 4;
  }

  @Override
  public void call(int request, Consumer<Outcome> answered) {
    Outcome outcome = outcomes.apply(calls++);
    if (outcome == null) {
      return;
    }
    long begin = Math.max(time.nanoTime(), freeAtNanos);
    if (begin >= stallFromNanos && begin < stallUntilNanos) {
      begin = stallUntilNanos;
    }
    freeAtNanos = begin + workNanos;
    time.plan(freeAtNanos, () -> answered.accept(outcome));
  }

  @Override
  public void close() {}
}
