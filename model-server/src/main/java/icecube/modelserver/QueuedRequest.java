// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import java.util.OptionalLong;

/**
 * A request that passed admission, with what the queue needs to know of it.
 *
 * @param question what it asks, and who is told its end
 * @param model of which model; a reference that the queue gives back
 * @param eventCount how many events, or items of tensors, it brings, at least 1
 * @param sizeBytes its size on the wire
 * @param admittedNanos when it came, on the queue's clock
 * @param deadlineNanos when it has waited too long, on the queue's clock; empty for never
 * @param lane in which row it waits
 * @param trace its spans, or what all requests share that are not traced
 */
record QueuedRequest(
    Question question,
    ServedModel model,
    int eventCount,
    long sizeBytes,
    long admittedNanos,
    OptionalLong deadlineNanos,
    Lane lane,
    RequestTrace trace) {
  /** A request that nobody traces. */
  QueuedRequest(
      Question question,
      ServedModel model,
      int eventCount,
      long sizeBytes,
      long admittedNanos,
      OptionalLong deadlineNanos,
      Lane lane) {
    this(
        question,
        model,
        eventCount,
        sizeBytes,
        admittedNanos,
        deadlineNanos,
        lane,
        RequestTrace.NONE);
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
