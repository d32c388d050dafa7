// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.chassis.Backoff;
import icecube.chassis.TimeAndChance;
import icecube.otel.CurrentSpan;
import icecube.otel.Traces;
import icecube.proto.Reasons;
import icecube.stream.Claim;
import icecube.stream.CompletionOutcome;
import icecube.stream.DeliveredEntry;
import icecube.stream.EntryId;
import icecube.stream.EventLog;
import icecube.v1.Reason;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All entries in flight, and the workers that take them along, one step of an entry at a time.
 *
 * <p>Thread-safe.
 */
final class EntryFlows implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EntryFlows.class);
  private static final Duration REFUSAL_LOG_INTERVAL = Duration.ofSeconds(10);

  private final String consumer;
  private final EventLog log;
  private final ConsumerSettings settings;
  private final EntryPreparation preparation;
  private final ModelLinks links;
  private final EntryWindow window;
  private final ConsumerMetrics metrics;
  private final EntryTraces traces;
  private final TimeAndChance time;
  private final Workers workers;
  private final List<Map<EntryId, EntryFlow>> inFlight = new ArrayList<>();
  private final AtomicInteger eventsInFlight = new AtomicInteger();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refusalLoggedNanos;
  private volatile boolean isRefused;

  EntryFlows(
      String consumer,
      EventLog log,
      ConsumerSettings settings,
      ModelLinks links,
      EntryWindow window,
      ConsumerMetrics metrics,
      Traces traces,
      TimeAndChance time,
      Workers workers) {
    this.consumer = consumer;
    this.log = log;
    this.settings = settings;
    this.preparation = new EntryPreparation(new Detectors(log, settings.rowCountMax()));
    this.links = links;
    this.window = window;
    this.metrics = metrics;
    this.traces = new EntryTraces(traces, consumer, time);
    this.time = time;
    this.refusalLoggedNanos = new AtomicLong(time.nanoTime() - REFUSAL_LOG_INTERVAL.toNanos());
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      inFlight.add(new ConcurrentHashMap<>());
    }
    this.workers = workers;
  }

  /**
   * Takes an entry on, unless it is in flight already.
   *
   * @return false if nobody looks after it now: it was in flight here once, was abandoned, and its
   *     last step has not yet found that out
   */
  boolean accept(int partition, DeliveredEntry entry, Claim.Kind kind) {
    var flow = new EntryFlow(this, partition, entry, kind);
    EntryFlow known = inFlight.get(flow.partition()).putIfAbsent(flow.id(), flow);
    if (known == null) {
      window.enter(flow.sizeBytes());
      eventsInFlight.addAndGet(flow.eventCount());
      flow.start();
    }
    return known == null || !known.isAbandoned();
  }

  /**
   * Takes on what was claimed. What nobody would look after is handed back at once, uncounted: its
   * lease would run out as if this consumer had died of it.
   *
   * @return whether anything is taken on
   */
  boolean acceptClaimed(int partition, Claim claim) {
    Set<EntryId> left = new HashSet<>();
    for (DeliveredEntry entry : claim.entries()) {
      if (!accept(partition, entry, claim.kind())) {
        left.add(entry.id());
      }
    }
    if (!left.isEmpty()) {
      var unused = log.release(partition, consumer, left);
    }
    return left.size() < claim.entries().size();
  }

  /** An entry is published, or left to others. */
  void finished(EntryFlow flow) {
    flow.trace().end("LET_GO");
    if (inFlight.get(flow.partition()).remove(flow.id(), flow)) {
      eventsInFlight.addAndGet(-flow.eventCount());
      if (flow.isParked()) {
        window.exitParked();
      } else {
        window.exit(flow.sizeBytes());
      }
    }
  }

  /** Entries in flight of one partition. */
  Set<EntryId> ids(int partition) {
    return Set.copyOf(inFlight.get(partition).keySet());
  }

  /** Entries of one partition that wait for a model server and nothing else. */
  Set<EntryId> unserved(int partition) {
    return inFlight.get(partition).values().stream()
        .filter(flow -> flow.isUnserved() || flow.isParked())
        .map(EntryFlow::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Entries of one partition that came here as suspects to be alone with. */
  Set<EntryId> lone(int partition) {
    return inFlight.get(partition).values().stream()
        .filter(EntryFlow::isLone)
        .map(EntryFlow::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** These entries are somebody else's matter from here on. */
  void abandon(int partition, Collection<EntryId> ids) {
    abandonUnheld(partition, ids, Set.of());
  }

  /** Of the entries {@code asked}, those not in {@code held} are no longer ours. */
  void abandonUnheld(int partition, Collection<EntryId> asked, Set<EntryId> held) {
    for (EntryId id : asked) {
      EntryFlow flow = held.contains(id) ? null : inFlight.get(partition).get(id);
      if (flow != null) {
        flow.abandon();
      }
    }
  }

  int eventsInFlight() {
    return eventsInFlight.get();
  }

  /** A model server has predicted: it understands us. */
  void accepted() {
    accepted.incrementAndGet();
    isRefused = false;
  }

  /** Answers so far in which an event was predicted or judged. */
  long acceptedCount() {
    return accepted.get();
  }

  /** Something is wrong with what we ask for, or with the stream; no event is to blame. */
  void refused(Reason reason, Throwable cause) {
    isRefused = true;
    long now = time.nanoTime();
    long last = refusalLoggedNanos.get();
    if (now - last >= REFUSAL_LOG_INTERVAL.toNanos()
        && refusalLoggedNanos.compareAndSet(last, now)) {
      LOG.atError()
          .setCause(cause)
          .addKeyValue("reason", Reasons.nameOf(reason))
          .log("requests are refused as a whole, the entries wait until that is mended");
    }
  }

  /** Whether requests are refused as a whole. */
  boolean isRefused() {
    return isRefused;
  }

  /** Runs the flow's next step on a worker. */
  void execute(EntryFlow flow, Runnable step) {
    executeIn(flow, Duration.ZERO, step);
  }

  /** Runs the flow's next step on a worker after a pause. */
  void executeIn(EntryFlow flow, Duration wait, Runnable step) {
    workers.execute(() -> guarded(flow, step), wait);
  }

  /**
   * A bug of ours must neither vanish in a future that nobody reads nor hold its entry for ever:
   * the entry is let go, its lease runs out, and if it fails everywhere it ends as CRASH_LOOP.
   */
  private void guarded(EntryFlow flow, Runnable step) {
    var current = CurrentSpan.of(flow.trace().process());
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      flow.broken(e);
      CurrentSpan.run(flow.trace().process(), () -> logBroken(flow, e));
      metrics.abandoned();
      finished(flow);
      throw e;
    } finally {
      current.close();
    }
  }

  private static void logBroken(EntryFlow flow, Throwable bug) {
    LOG.atError()
        .setCause(bug)
        .addKeyValue("partition", flow.partition())
        .addKeyValue("entry_id", flow.id())
        .log("a step failed unexpectedly, its entry is let go");
  }

  CompletionStage<CompletionOutcome> complete(
      int partition,
      EntryVerdict verdict,
      DeliveredEntry entry,
      boolean isOwnerOnly,
      Span publish) {
    return log.complete(
        partition,
        verdict.completion(
            consumer, entry, isOwnerOnly, time.unixMicros(), Traces.traceparent(publish)));
  }

  Backoff newBackoff() {
    return new Backoff(settings.retryFirst(), settings.retryMax(), time::chance);
  }

  /** The pauses of an entry that servers fail at. */
  Backoff newParkedBackoff() {
    Duration max = settings.parkedRetryMax();
    Duration first = max.compareTo(settings.retryMax()) < 0 ? max : settings.retryMax();
    return new Backoff(first, max, time::chance);
  }

  EntryPreparation preparation() {
    return preparation;
  }

  ModelLinks links() {
    return links;
  }

  EntryWindow window() {
    return window;
  }

  ConsumerSettings settings() {
    return settings;
  }

  ConsumerMetrics metrics() {
    return metrics;
  }

  EntryTraces traces() {
    return traces;
  }

  TimeAndChance time() {
    return time;
  }

  /** Stops the workers; what was in flight is still told by {@link #ids}. */
  @Override
  public void close() {
    workers.close();
    inFlight.forEach(each -> each.values().forEach(flow -> flow.trace().end("HANDED_BACK")));
  }
}
