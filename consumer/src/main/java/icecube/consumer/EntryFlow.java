// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.otel.Traces;
import icecube.proto.ReasonException;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.stream.Claim;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventLogException;
import icecube.v1.PredictResponse;
import icecube.v1.Reason;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way of one entry: prepare, predict, publish; each step again, after a pause, for as long as
 * it fails for a reason that is not the entry's own.
 *
 * <p>One step at a time, each on a worker of {@link EntryFlows}, the next handed over when the last
 * has ended; so nothing here needs a lock. Only {@link #abandon} comes from elsewhere.
 */
final class EntryFlow {
  private final EntryFlows flows;
  private final int partition;
  private final DeliveredEntry entry;
  private final Claim.Kind kind;
  private final long sizeBytes;
  private final EntryRetry retry;
  private final long readNanos;
  private volatile EntryTrace trace = EntryTrace.NONE;
  private volatile boolean isAbandoned;
  private volatile boolean isUnserved;
  private @Nullable ModelLink failedLast;
  private Reason apartReason = Reason.REASON_CRASH_LOOP;

  /**
   * @param kind how it came here: {@code LONE} if nothing else is in flight because of it, {@code
   *     DEAD} if it has killed every consumer it was alone with
   */
  EntryFlow(EntryFlows flows, int partition, DeliveredEntry entry, Claim.Kind kind) {
    this.flows = flows;
    this.partition = partition;
    this.entry = entry;
    this.kind = kind;
    this.sizeBytes = entry.encoding().unpackedSize(entry.payload());
    this.retry = new EntryRetry(flows, this);
    this.readNanos = flows.traces().nanosIfOn();
  }

  EntryTrace trace() {
    return trace;
  }

  /** Something has gone wrong: the entry is traced from here on, though it was not drawn. */
  private void keepTrace() {
    if (!trace.isOn()) {
      trace = flows.traces().late(partition, entry, kind, readNanos);
    }
  }

  /** A step of it has failed for a bug of ours. */
  void broken(Throwable bug) {
    keepTrace();
    trace.broken(bug);
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

  /** Bytes of the payload, unpacked. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** Another consumer holds the entry now, or it is published: no further tries. */
  void abandon() {
    isAbandoned = true;
  }

  boolean isAbandoned() {
    return isAbandoned;
  }

  /** Whether it waits for a model server and nothing else. */
  boolean isUnserved() {
    return isUnserved;
  }

  /** Whether it is a suspect that came here to be alone. */
  boolean isLone() {
    return kind == Claim.Kind.LONE;
  }

  /** Whether it has given up its place in the window. */
  boolean isParked() {
    return retry.isParked();
  }

  /** Begins, its trace too; returns at once. */
  void start() {
    trace = flows.traces().of(partition, entry, kind);
    flows.execute(this, this::prepare);
  }

  private void prepare() {
    PreparedEntry made;
    Span span = trace.prepare();
    long startNanos = flows.time().nanoTime();
    try {
      made =
          kind == Claim.Kind.DEAD
              ? flows.preparation().crashLoop(entry)
              : flows.preparation().prepare(entry);
    } catch (EventLogException e) {
      retry.soon(ConsumerMetrics.LOG_UNAVAILABLE, e, this::prepare);
      return;
    } catch (ReasonException e) {
      retry.soon(e.reason(), e, Duration.ZERO, this::prepare);
      return;
    } finally {
      span.end();
      flows.metrics().prepared(flows.time().nanoTime() - startNanos);
    }
    if (made.hasFeatures()) {
      predict(made);
    } else {
      publish(EntryVerdict.withoutAnswer(made));
    }
  }

  private void predict(PreparedEntry made) {
    Optional<ModelLink> picked = flows.links().pick(failedLast);
    isUnserved = picked.isEmpty();
    if (picked.isEmpty()) {
      retry.soon(ConsumerMetrics.UNAVAILABLE, null, () -> predict(made));
      return;
    }
    ModelLink link = picked.get();
    Span call = trace.call(link.target());
    var settings = flows.settings();
    var unused =
        EntryTrace.asked(call, () -> link.predict(made.request(settings, Traces.traceparent(call))))
            .whenComplete(
                (response, failure) -> {
                  EntryTrace.end(call, response);
                  flows.execute(this, () -> answered(made, link, response, failure));
                });
  }

  private void answered(
      PreparedEntry made,
      ModelLink link,
      @Nullable PredictResponse response,
      @Nullable Throwable failure) {
    if (response == null) {
      failed(link);
      retry.soon(ConsumerMetrics.UNAVAILABLE, failure, () -> predict(made));
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
      failed(link);
      retry.soon(ConsumerMetrics.ANSWER_INVALID, e, () -> predict(made));
      return;
    }
    if (found.hasAny()) {
      link.trust().succeeded();
      flows.accepted();
    }
    if (!found.isWhole()) {
      open(made, link, found);
      return;
    }
    flows.window().grow();
    retry.reset();
    publish(found);
  }

  private void failed(ModelLink link) {
    keepTrace();
    link.trust().failed();
    failedLast = link;
  }

  /** The server has refused the request as a whole: its reason alone decides what follows. */
  private void refused(PreparedEntry made, ModelLink link, PredictResponse response) {
    var status = response.getStatus();
    Reason reason = Reasons.reasonOf(status).orElse(Reason.REASON_UNSPECIFIED);
    var refusal = new ReasonException(reason, status.getMessage());
    failedLast = link;
    if (Reasons.kindOf(reason) == ReasonKind.OVERLOAD) {
      flows.window().shrink(flows.time().nanoTime());
    } else {
      keepTrace();
      link.trust().failed();
    }
    if (EntryRetry.mayBeTheEvents(reason)) {
      setApart(made, EntryVerdict.withoutAnswer(made), refusal);
    } else {
      Duration delay = Reasons.retryDelayOf(status).orElse(Duration.ZERO);
      retry.soon(reason, refusal, delay, () -> predict(made));
    }
  }

  /** The server has failed at some of the events. */
  private void open(PreparedEntry made, ModelLink link, EntryVerdict found) {
    var first = found.failures().get(0);
    keepTrace();
    failedLast = link;
    if (!found.hasAny()) {
      link.trust().failed();
    }
    if (Reasons.kindOf(first.getReason()) == ReasonKind.OVERLOAD) {
      flows.window().shrink(flows.time().nanoTime());
    }
    setApart(made, found, new ReasonException(first.getReason(), first.getMessage()));
  }

  /**
   * Publishes what has found its end and sends the rest round again, each event alone, once it has
   * had its tries and others are predicted: then it is the events, and not the server. A suspect
   * has shown by the mere answer that it kills nobody, and begins anew.
   */
  private void setApart(PreparedEntry made, EntryVerdict found, ReasonException failure) {
    boolean isTheirs = retry.failedAgain(found.hasAny());
    if (kind == Claim.Kind.LONE || (isTheirs && entry.eventCount() > 1)) {
      apartReason = failure.reason();
      publish(found);
    } else if (isTheirs) {
      retry.parked(failure, () -> predict(made));
    } else {
      retry.soon(failure.reason(), failure, Duration.ZERO, () -> predict(made));
    }
  }

  private void publish(EntryVerdict found) {
    if (!found.deadLetters().isEmpty() || !found.isWhole()) {
      keepTrace();
    }
    trace.found(found);
    Span span = trace.publish(found);
    long startNanos = flows.time().nanoTime();
    try {
      EntryTrace.asked(
              span, () -> flows.complete(partition, found, entry, kind == Claim.Kind.DEAD, span))
          .whenComplete(
              (outcome, failure) -> {
                EntryTrace.end(span, outcome);
                flows.execute(this, () -> published(found, outcome, failure, startNanos));
              });
    } catch (EventLogException e) {
      retry.soon(ConsumerMetrics.LOG_UNAVAILABLE, e, () -> publish(found));
    }
  }

  private void published(
      EntryVerdict found,
      @Nullable CompletionOutcome outcome,
      @Nullable Throwable failure,
      long startNanos) {
    if (outcome == null) {
      // Unknown: asking again says STALE if it had been published.
      retry.soon(ConsumerMetrics.LOG_UNAVAILABLE, failure, () -> publish(found));
      return;
    }
    switch (outcome) {
      case PUBLISHED -> {
        long ageMicros = found.ageMicros(flows.time());
        long publishNanos = flows.time().nanoTime() - startNanos;
        flows
            .metrics()
            .published(found.predictions().size(), found.deadLetters(), ageMicros, publishNanos);
        flows.metrics().setApart(found.open().events().size(), apartReason);
      }
      case STALE, FENCED -> flows.metrics().stale();
    }
    trace.end(outcome.name());
    flows.finished(this);
  }
}
