// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line a minute that says what a service has done: read from its meters, so that it costs the
 * work nothing. Counters and timers are told as what was added since the line before, gauges as
 * they are; a service that did nothing says so, too. Its thread is {@code summary}.
 */
final class ServiceSummary implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(ServiceSummary.class);

  private final List<Figure> figures;
  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, ServiceSummary::newThread);
  private final Map<String, Double> before = new LinkedHashMap<>();
  private long toldAt;

  private enum Kind {
    ADDED,
    IS,
    MEAN_MILLIS,
  }

  /** A key of the line, and the meter it is read from; the values of its labels are added up. */
  private record Figure(String key, Kind kind, String meter) {}

  ServiceSummary(String service, MeterRegistry meters, LongSupplier nanoTime) {
    this.figures = figures(service);
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.toldAt = nanoTime.getAsLong();
  }

  /** Begins to tell every minute; of a service that has no figures, nothing. */
  @SuppressWarnings("FutureReturnValueIgnored") // tell() lets no exception out that it would carry
  static ServiceSummary start(String service, MeterRegistry meters) {
    ServiceSummary summary = new ServiceSummary(service, meters, System::nanoTime);
    if (!summary.figures.isEmpty()) {
      long nanos = INTERVAL.toNanos();
      summary.thread.scheduleWithFixedDelay(summary::tell, nanos, nanos, TimeUnit.NANOSECONDS);
    }
    return summary;
  }

  /** Tells now what was added since the last time. */
  void tell() {
    long now = nanoTime.getAsLong();
    double seconds = (now - toldAt) / 1e9;
    toldAt = now;
    LoggingEventBuilder line = LOG.atInfo().addKeyValue("seconds", rounded(seconds));
    for (Figure figure : figures) {
      double value =
          switch (figure.kind()) {
            case ADDED -> added(figure.meter(), count(figure.meter()));
            case IS ->
                meters.find(figure.meter()).gauges().stream().mapToDouble(Gauge::value).sum();
            case MEAN_MILLIS -> meanMillis(figure.meter());
          };
      line = line.addKeyValue(figure.key(), rounded(value));
    }
    line.log("summary");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private double count(String meter) {
    return meters.find(meter).counters().stream().mapToDouble(Counter::count).sum();
  }

  private double meanMillis(String meter) {
    double count = 0;
    double millis = 0;
    for (Timer timer : meters.find(meter).timers()) {
      count += timer.count();
      millis += timer.totalTime(TimeUnit.MILLISECONDS);
    }
    double addedCount = added(meter + "#count", count);
    double addedMillis = added(meter + "#millis", millis);
    return addedCount > 0 ? addedMillis / addedCount : 0;
  }

  /** What was added to {@code value} since it was last asked for. */
  private double added(String key, double value) {
    Double last = before.put(key, value);
    return last == null ? value : value - last;
  }

  /** Whole where it is whole, so that JSON has 12 and not 12.0. */
  private static Number rounded(double value) {
    double rounded = Math.round(value * 1e3) / 1e3;
    return rounded == Math.rint(rounded) ? (Number) (long) rounded : (Number) rounded;
  }

  private static List<Figure> figures(String service) {
    return switch (service) {
      case "emitter" ->
          List.of(
              new Figure("events_accepted", Kind.ADDED, "icecube.emitter.events.accepted"),
              new Figure("events_rejected", Kind.ADDED, "icecube.emitter.events.rejected"),
              new Figure("appends_busy", Kind.ADDED, "icecube.emitter.appends.busy"),
              new Figure("log_failures", Kind.ADDED, "icecube.emitter.log.failures"),
              new Figure("append_mean_ms", Kind.MEAN_MILLIS, "icecube.emitter.append"));
      case "consumer" ->
          List.of(
              new Figure("events_predicted", Kind.ADDED, "icecube.consumer.events.predicted"),
              new Figure(
                  "events_dead_lettered", Kind.ADDED, "icecube.consumer.events.dead.lettered"),
              new Figure("entries_retried", Kind.ADDED, "icecube.consumer.entries.retried"),
              new Figure("events_in_flight", Kind.IS, "icecube.consumer.events.in.flight"),
              new Figure("backlog_entries", Kind.IS, "icecube.consumer.backlog.entries"),
              new Figure("event_age_mean_ms", Kind.MEAN_MILLIS, "icecube.consumer.event.age"));
      case "model-server" ->
          List.of(
              new Figure("requests_answered", Kind.ADDED, "icecube.modelserver.requests.answered"),
              new Figure("requests_dropped", Kind.ADDED, "icecube.modelserver.requests.dropped"),
              new Figure("events_predicted", Kind.ADDED, "icecube.modelserver.events.predicted"),
              new Figure("events_refused", Kind.ADDED, "icecube.modelserver.events.refused"),
              new Figure("queue_events", Kind.IS, "icecube.modelserver.queue.events"),
              new Figure("request_mean_ms", Kind.MEAN_MILLIS, "icecube.modelserver.request"));
      case "sink" ->
          List.of(
              new Figure("events_read", Kind.ADDED, "icecube.sinks.events.read"),
              new Figure("windows_logged", Kind.ADDED, "icecube.sinks.windows.logged"),
              new Figure("windows_dropped", Kind.ADDED, "icecube.sinks.windows.dropped"),
              new Figure("windows_waiting", Kind.IS, "icecube.sinks.windows.waiting"),
              new Figure("failures", Kind.ADDED, "icecube.sinks.failures"));
      default -> List.of();
    };
  }

  private static Thread newThread(Runnable work) {
    Thread made = new Thread(work, "summary");
    made.setDaemon(true);
    return made;
  }
}
