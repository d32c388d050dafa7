// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.v1.PredictRequest;
import java.util.OptionalLong;

/**
 * A request that passed admission, with what the queue needs to know of it.
 *
 * @param request what to predict
 * @param model with what
 * @param eventCount how many events it brings, at least 1
 * @param sizeBytes its size on the wire
 * @param admittedNanos when it came, on the queue's clock
 * @param deadlineNanos when it has waited too long, on the queue's clock; empty for never
 * @param lane in which row it waits
 * @param answerer who is told its end
 */
record QueuedRequest(
    PredictRequest request,
    ServedModel model,
    int eventCount,
    long sizeBytes,
    long admittedNanos,
    OptionalLong deadlineNanos,
    Lane lane,
    Answerer answerer) {

  /** A realtime one. */
  QueuedRequest(
      PredictRequest request,
      ServedModel model,
      int eventCount,
      long sizeBytes,
      long admittedNanos,
      OptionalLong deadlineNanos,
      Answerer answerer) {
    this(
        request,
        model,
        eventCount,
        sizeBytes,
        admittedNanos,
        deadlineNanos,
        Lane.REALTIME,
        answerer);
  }

  boolean isExpired(long nowNanos) {
    return deadlineNanos.isPresent() && nowNanos - deadlineNanos.getAsLong() >= 0;
  }

  // A request is itself and no other, however alike: it is told its end once.
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
