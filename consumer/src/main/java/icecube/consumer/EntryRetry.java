// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.proto.ReasonException;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When an entry is tried again: soon, in its place in the window; or, if a server fails at this
 * entry while it predicts others, after ever longer pauses during which the entry is parked and
 * keeps nobody else from being read.
 *
 * <p>Confined to the steps of its {@link EntryFlow}.
 */
final class EntryRetry {
  private static final Logger LOG = LoggerFactory.getLogger(EntryRetry.class);

  private final EntryFlows flows;
  private final EntryFlow flow;
  private final Backoff backoff;
  private final Backoff parkedBackoff;
  private int failedTries;
  private long acceptedBefore;
  private volatile boolean isParked;

  EntryRetry(EntryFlows flows, EntryFlow flow) {
    this.flows = flows;
    this.flow = flow;
    this.backoff = flows.newBackoff();
    this.parkedBackoff = flows.newParkedBackoff();
  }

  boolean isParked() {
    return isParked;
  }

  /** What was tried has worked. */
  void reset() {
    backoff.reset();
  }

  /** Whether a request refused for this reason may be refused because of one of its events. */
  static boolean mayBeTheEvents(Reason reason) {
    return switch (reason) {
      case REASON_INTERNAL, REASON_UNSPECIFIED, UNRECOGNIZED -> true;
      default -> false;
    };
  }

  /**
   * A server has answered, but failed at events of this entry.
   *
   * @param hasPredicted whether it could do others of the same entry
   * @return whether it has had its tries and servers can predict others, so that it is the events';
   *     of a single event, whether it has had its tries: there is nobody else to ask about
   */
  boolean failedAgain(boolean hasPredicted) {
    if (failedTries++ == 0) {
      acceptedBefore = flows.acceptedCount();
    }
    boolean isServerWell =
        hasPredicted || flow.eventCount() == 1 || flows.acceptedCount() != acceptedBefore;
    return failedTries >= flows.settings().splitTries() && isServerWell;
  }

  /** Tries again after a pause, not before {@code delayMin}. */
  void soon(Reason reason, Throwable cause, Duration delayMin, Runnable step) {
    if (!Reasons.isRetryable(reason)) {
      // No event's fault, and nothing is thrown away for it: a person must mend the settings.
      flows.refused(reason, cause);
    }
    again(Reasons.nameOf(reason), cause, longer(backoff.next(), delayMin), step);
  }

  void soon(String reason, @Nullable Throwable cause, Runnable step) {
    again(reason, cause, backoff.next(), step);
  }

  /** Tries again after a longer pause, without a place in the window if there is one outside it. */
  void parked(ReasonException cause, Runnable step) {
    if (!flow.isAbandoned()) {
      isParked = flows.window().park(flow.sizeBytes());
    }
    again(Reasons.nameOf(cause.reason()), cause, parkedBackoff.next(), () -> unpark(step));
  }

  private void unpark(Runnable step) {
    if (flow.isAbandoned()) {
      letGo();
    } else if (isParked && !flows.window().unpark(flow.sizeBytes())) {
      flows.executeIn(flow, flows.settings().retryMax(), () -> unpark(step));
    } else {
      isParked = false;
      step.run();
    }
  }

  private void again(String reason, @Nullable Throwable cause, Duration wait, Runnable step) {
    if (flow.isAbandoned()) {
      letGo();
      return;
    }
    flows.metrics().retried(reason);
    flow.trace().retried(reason);
    LOG.atDebug()
        .setCause(cause)
        .addKeyValue("partition", flow.partition())
        .addKeyValue("entry_id", flow.id())
        .addKeyValue("reason", reason)
        .addKeyValue("retry_in", wait)
        .log("entry is tried again");
    flows.executeIn(flow, wait, step);
  }

  private void letGo() {
    flows.metrics().abandoned();
    flows.finished(flow);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
