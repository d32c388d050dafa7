// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import icecube.v1.Reason;
import java.time.Duration;
import java.util.Map;

/**
 * What an emission came to.
 *
 * @param outcome how it ended
 * @param events events of the source that the log is known to hold or to have held, refused ones
 *     included
 * @param rejections how many events of the source, as far as it was read, were refused at the door,
 *     by reason
 * @param entries entries of the source that the log is known to hold or to have held
 * @param rewinds how often the source was read again because the log had lost entries
 * @param duration wall time
 */
public record EmissionSummary(
    Outcome outcome,
    long events,
    Map<Reason, Long> rejections,
    long entries,
    long rewinds,
    Duration duration) {
  public EmissionSummary {
    requireNonNull(outcome, "outcome");
    requireNonNull(duration, "duration");
    rejections = Map.copyOf(rejections);
  }

  /** Whether every event of the source is published, once, as a prediction or a dead letter. */
  public boolean isComplete() {
    return outcome == Outcome.COMPLETE;
  }

  /** How many events were refused, for whatever reason. */
  public long rejected() {
    return rejections.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How an emission ended. */
  public enum Outcome {
    /** Every event is published. */
    COMPLETE,
    /** Every event is in the log; the emitter was told not to stay. */
    APPENDED,
    /** Another emitter has opened the stream and goes on in its place. */
    SUPERSEDED,
    /** Nothing is left to publish, and yet the account does not balance: see reconcile. */
    UNBALANCED
  }
}
