// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.otel.CounterFamily;
import icecube.otel.Meters;
import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.v1.DeadLetter;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What the consumer counts.
 *
 * <p>{@code predicted + dead.lettered} is what this consumer has published, to its own knowledge:
 * an answer of the log that was lost counts as stale when the publication is repeated. Thread-safe.
 */
final class ConsumerMetrics {
  /** Reason of a retry that no server gave: it is not there, or did not answer. */
  static final String UNAVAILABLE = "UNAVAILABLE";

  /** Reason of a retry after an answer that does not fit its request. */
  static final String ANSWER_INVALID = "ANSWER_INVALID";

  /** Reason of a retry because the log did not answer. */
  static final String LOG_UNAVAILABLE = "LOG_UNAVAILABLE";

  private static final List<String> DEAD_LETTER_REASONS = Reasons.namesOf(ReasonKind.CALLER_EVENT);
  private static final List<String> RETRY_REASONS =
      Reasons.namesOf(ReasonKind.CALLER_REQUEST, ReasonKind.OVERLOAD, ReasonKind.OURS);

  private final Meters meters;
  private final Counter predicted;
  private final CounterFamily deadLettered;
  private final CounterFamily setApart;
  private final CounterFamily retried;
  private final Counter stale;
  private final Counter abandoned;
  private final Counter unexpectedAnswers;
  private final Counter linksLost;
  private final Counter suspectsDeferred;
  private final Timer eventAge;
  private final Timer prepare;
  private final Timer answer;
  private final Timer publish;
  private final AtomicLong backlog = new AtomicLong();
  private final List<Gauge> gauges = new ArrayList<>();

  ConsumerMetrics(Meters meters) {
    this.meters = meters;
    predicted = meters.counter("icecube_consumer_events_predicted_total");
    deadLettered = byReason("icecube_consumer_events_dead_lettered_total", DEAD_LETTER_REASONS);
    setApart = byReason("icecube_consumer_events_set_apart_total", RETRY_REASONS);
    setApart.of(Reasons.nameOf(Reason.REASON_CRASH_LOOP));
    retried = byReason("icecube_consumer_entries_retried_total", RETRY_REASONS);
    List.of(UNAVAILABLE, ANSWER_INVALID, LOG_UNAVAILABLE).forEach(retried::of);
    stale = meters.counter("icecube_consumer_entries_stale_total");
    abandoned = meters.counter("icecube_consumer_entries_abandoned_total");
    unexpectedAnswers = meters.counter("icecube_consumer_answers_unexpected_total");
    linksLost = meters.counter("icecube_consumer_links_lost_total");
    suspectsDeferred = meters.counter("icecube_consumer_suspects_deferred_total");
    eventAge = meters.timer("icecube_consumer_event_age_seconds");
    prepare = meters.timer("icecube_consumer_prepare_seconds");
    answer = meters.timer("icecube_consumer_answer_seconds");
    publish = meters.timer("icecube_consumer_publish_seconds");
  }

  private CounterFamily byReason(String name, List<String> reasons) {
    return meters.counters(name, "reason", reasons);
  }

  /** Shows values that are only known when asked for, until {@link #hide}. */
  void show(EntryFlows flows, PartitionShare share) {
    EntryWindow window = flows.window();
    gauge("icecube_consumer_events_in_flight", flows::eventsInFlight);
    gauge("icecube_consumer_window_entries", window::limit);
    gauge("icecube_consumer_window_bytes", window::bytes);
    gauge("icecube_consumer_entries_parked", window::parked);
    gauge("icecube_consumer_backlog_entries", backlog::get);
    gauge("icecube_consumer_partitions", () -> share.partitions().size());
    gauge("icecube_consumer_servers_avoided", flows.links()::avoidedCount);
  }

  /** Where consumers share a registry, the first shows its values, until one of them ends. */
  private void gauge(String name, Supplier<Number> value) {
    gauges.add(meters.gauge(name, value, each -> each.get().doubleValue()));
  }

  /** Takes the values away that {@link #show} has shown. */
  void hide() {
    gauges.forEach(meters.registry()::remove);
    gauges.clear();
  }

  /**
   * @param ageMicros time from emission to publication; below 0 if unknown
   */
  void published(int predictions, List<DeadLetter> letters, long ageMicros, long publishNanos) {
    predicted.increment(predictions);
    for (DeadLetter letter : letters) {
      deadLettered.of(Reasons.nameOf(letter.getReason())).increment();
    }
    publish.record(publishNanos, TimeUnit.NANOSECONDS);
    if (ageMicros >= 0) {
      eventAge.record(ageMicros, TimeUnit.MICROSECONDS);
    }
  }

  /** An entry was prepared, or refused, after so long. */
  void prepared(long nanos) {
    prepare.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A model server has answered after so long. */
  void answered(long nanos) {
    answer.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Events go round again, each as an entry of its own. */
  void setApart(int events, Reason reason) {
    if (events > 0) {
      setApart.of(Reasons.nameOf(reason)).increment(events);
    }
  }

  void retried(String reason) {
    retried.of(reason).increment();
  }

  void stale() {
    stale.increment();
  }

  void abandoned() {
    abandoned.increment();
  }

  /** A suspect was handed back, or not even taken, because reading had stopped long enough. */
  void suspectsDeferred() {
    suspectsDeferred.increment();
  }

  void unexpectedAnswer() {
    unexpectedAnswers.increment();
  }

  void linkLost() {
    linksLost.increment();
  }

  void backlog(long entries) {
    backlog.set(entries);
  }
}
