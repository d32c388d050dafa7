// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.proto.ReasonException;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventLogException;
import icecube.v1.PredictRequest;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one entry: prepare, predict, publish; each step again, after a pause, for as long as
 * it fails for a reason that is not the entry's own.
 *
 * <p>One step at a time, each on a worker of {@link EntryFlows}, the next handed over when the last
 * has ended; so nothing here needs a lock. Only {@link #abandon} comes from elsewhere.
 */
final class EntryFlow {
  private static final Logger LOG = LoggerFactory.getLogger(EntryFlow.class);

  private final EntryFlows flows;
  private final int partition;
  private final DeliveredEntry entry;
  private final boolean isDead;
  private final Backoff backoff;
  private volatile boolean isAbandoned;
  private @Nullable ModelLink failedLast;

  /**
   * @param isDead whether it has killed every consumer it was alone with
   */
  EntryFlow(EntryFlows flows, int partition, DeliveredEntry entry, boolean isDead) {
    this.flows = flows;
    this.partition = partition;
    this.entry = entry;
    this.isDead = isDead;
    this.backoff = flows.newBackoff();
  }

  int partition() {
    return partition;
  }

  EntryId id() {
    return entry.id();
  }

  int eventCount() {
    return entry.eventCount();
  }

  /** Another consumer holds the entry now, or it is published: no further tries. */
  void abandon() {
    isAbandoned = true;
  }

  /** Begins; returns at once. */
  void start() {
    flows.execute(this, this::prepare);
  }

  private void prepare() {
    PreparedEntry made;
    try {
      made = isDead ? flows.preparation().crashLoop(entry) : flows.preparation().prepare(entry);
    } catch (EventLogException e) {
      retry(ConsumerMetrics.LOG_UNAVAILABLE, e, this::prepare);
      return;
    } catch (ReasonException e) {
      retry(e.reason(), e, this::prepare);
      return;
    }
    if (made.hasSoundEvents()) {
      predict(made);
    } else {
      publish(EntryVerdict.ofDead(made));
    }
  }

  private void predict(PreparedEntry made) {
    Optional<ModelLink> picked = flows.links().pick(failedLast);
    if (picked.isEmpty()) {
      retry(ConsumerMetrics.UNAVAILABLE, null, () -> predict(made));
      return;
    }
    ModelLink link = picked.get();
    var settings = flows.settings();
    var request =
        PredictRequest.newBuilder()
            .setModelName(settings.modelName())
            .setModelVersion(settings.modelVersion())
            .setTimeoutMs((int) Math.min(Integer.MAX_VALUE, settings.requestTimeout().toMillis()))
            .setFeatures(made.features());
    var unused =
        link.predict(request)
            .whenComplete(
                (response, failure) ->
                    flows.execute(this, () -> answered(made, link, response, failure)));
  }

  private void answered(
      PreparedEntry made,
      ModelLink link,
      @Nullable PredictResponse response,
      @Nullable Throwable failure) {
    if (response == null) {
      failedLast = link;
      retry(ConsumerMetrics.UNAVAILABLE, failure, () -> predict(made));
      return;
    }
    if (response.getStatus().getCode() != 0) {
      refused(made, link, response);
      return;
    }
    EntryVerdict found;
    try {
      found = EntryVerdict.of(made, response);
    } catch (LinkException e) {
      failedLast = link;
      retry(ConsumerMetrics.ANSWER_INVALID, e, () -> predict(made));
      return;
    } catch (ReasonException e) {
      failedLast = link;
      retry(e.reason(), e, () -> predict(made));
      return;
    }
    flows.window().grow();
    flows.accepted();
    backoff.reset();
    publish(found);
  }

  /** The server has refused the request as a whole: its reason alone decides what follows. */
  private void refused(PreparedEntry made, ModelLink link, PredictResponse response) {
    var status = response.getStatus();
    Reason reason = Reasons.reasonOf(status).orElse(Reason.REASON_UNSPECIFIED);
    var refusal = new ReasonException(reason, status.getMessage());
    if (Reasons.kindOf(reason) == ReasonKind.OVERLOAD) {
      flows.window().shrink(flows.time().nanoTime());
    }
    failedLast = link;
    retry(reason, refusal, () -> predict(made), Reasons.retryDelayOf(status).orElse(Duration.ZERO));
  }

  private void publish(EntryVerdict found) {
    long startNanos = flows.time().nanoTime();
    try {
      flows
          .complete(partition, found, entry, isDead)
          .whenComplete(
              (outcome, failure) ->
                  flows.execute(this, () -> published(found, outcome, failure, startNanos)));
    } catch (EventLogException e) {
      retry(ConsumerMetrics.LOG_UNAVAILABLE, e, () -> publish(found));
    }
  }

  private void published(
      EntryVerdict found,
      @Nullable CompletionOutcome outcome,
      @Nullable Throwable failure,
      long startNanos) {
    if (outcome == null) {
      // Unknown: asking again says STALE if it had been published.
      retry(ConsumerMetrics.LOG_UNAVAILABLE, failure, () -> publish(found));
      return;
    }
    switch (outcome) {
      case PUBLISHED -> {
        long ageMicros =
            found.emittedUnixUs() == 0
                ? -1
                : Math.max(0, flows.time().unixMicros() - found.emittedUnixUs());
        long publishNanos = flows.time().nanoTime() - startNanos;
        flows
            .metrics()
            .published(found.predictions().size(), found.deadLetters(), ageMicros, publishNanos);
      }
      case STALE, FENCED -> flows.metrics().stale();
    }
    flows.finished(this);
  }

  private void retry(Reason reason, Throwable cause, Runnable step) {
    retry(reason, cause, step, Duration.ZERO);
  }

  private void retry(Reason reason, Throwable cause, Runnable step, Duration delayMin) {
    if (!Reasons.isRetryable(reason)) {
      // No event's fault, and nothing is thrown away for it: a person must mend the settings.
      flows.refused(reason, cause);
    }
    retry(Reasons.nameOf(reason), cause, step, delayMin);
  }

  private void retry(String reason, @Nullable Throwable cause, Runnable step) {
    retry(reason, cause, step, Duration.ZERO);
  }

  private void retry(String reason, @Nullable Throwable cause, Runnable step, Duration delayMin) {
    if (isAbandoned) {
      flows.metrics().abandoned();
      flows.finished(this);
      return;
    }
    flows.metrics().retried(reason);
    Duration pause = backoff.next();
    Duration wait = pause.compareTo(delayMin) < 0 ? delayMin : pause;
    LOG.atDebug()
        .setCause(cause)
        .addKeyValue("partition", partition)
        .addKeyValue("entry_id", entry.id())
        .addKeyValue("reason", reason)
        .addKeyValue("retry_in", wait)
        .log("entry is tried again");
    flows.executeIn(this, wait, step);
  }
}
