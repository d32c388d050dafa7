// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.proto.Reasons;
import icecube.v1.DeadLetter;
import icecube.v1.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
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

  private static final Duration AGE_MIN = Duration.ofMillis(1);
  private static final Duration AGE_MAX = Duration.ofMinutes(1);

  private final MeterRegistry meters;
  private final Counter predicted;
  private final Counter stale;
  private final Counter abandoned;
  private final Counter unexpectedAnswers;
  private final Counter linksLost;
  private final Counter suspectsDeferred;
  private final Timer eventAge;
  private final Timer publish;
  private final AtomicLong backlog = new AtomicLong();
  private final List<Gauge> gauges = new ArrayList<>();

  ConsumerMetrics(MeterRegistry meters) {
    this.meters = meters;
    predicted = meters.counter("icecube.consumer.events.predicted");
    stale = meters.counter("icecube.consumer.entries.stale");
    abandoned = meters.counter("icecube.consumer.entries.abandoned");
    unexpectedAnswers = meters.counter("icecube.consumer.answers.unexpected");
    linksLost = meters.counter("icecube.consumer.links.lost");
    suspectsDeferred = meters.counter("icecube.consumer.suspects.deferred");
    eventAge = timer("icecube.consumer.event.age", "From emission to publication, once per entry");
    publish = timer("icecube.consumer.publish", "One atomic publication in the log");
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .publishPercentileHistogram()
        .minimumExpectedValue(AGE_MIN)
        .maximumExpectedValue(AGE_MAX)
        .register(meters);
  }

  /** Shows values that are only known when asked for, until {@link #hide}. */
  void show(EntryFlows flows, PartitionShare share) {
    EntryWindow window = flows.window();
    gauge("icecube.consumer.events.in.flight", flows::eventsInFlight);
    gauge("icecube.consumer.window.entries", window::limit);
    gauge("icecube.consumer.window.bytes", window::bytes);
    gauge("icecube.consumer.entries.parked", window::parked);
    gauge("icecube.consumer.backlog.entries", backlog::get);
    gauge("icecube.consumer.partitions", () -> share.partitions().size());
    gauge("icecube.consumer.servers.avoided", flows.links()::avoidedCount);
  }

  /** Where several consumers share a registry, the first shows its values; counters add up. */
  private void gauge(String name, Supplier<Number> value) {
    if (meters.find(name).gauge() == null) {
      gauges.add(Gauge.builder(name, value).register(meters));
    }
  }

  /** Takes the values away that {@link #show} has shown. */
  void hide() {
    gauges.forEach(meters::remove);
    gauges.clear();
  }

  /**
   * @param ageMicros time from emission to publication; below 0 if unknown
   */
  void published(int predictions, List<DeadLetter> letters, long ageMicros, long publishNanos) {
    predicted.increment(predictions);
    for (DeadLetter letter : letters) {
      meters
          .counter(
              "icecube.consumer.events.dead.lettered", "reason", Reasons.nameOf(letter.getReason()))
          .increment();
    }
    publish.record(publishNanos, TimeUnit.NANOSECONDS);
    if (ageMicros >= 0) {
      eventAge.record(ageMicros, TimeUnit.MICROSECONDS);
    }
  }

  /** Events go round again, each as an entry of its own. */
  void setApart(int events, Reason reason) {
    if (events > 0) {
      meters
          .counter("icecube.consumer.events.set.apart", "reason", Reasons.nameOf(reason))
          .increment(events);
    }
  }

  void retried(String reason) {
    meters.counter("icecube.consumer.entries.retried", "reason", reason).increment();
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
