// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.otel.MetricDictionary;
import icecube.otel.MetricEntry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
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
 * work nothing. Counters are told as what was added since the line before, histograms of times as
 * the mean of that in ms, gauges as they are; a service that did nothing says so, too. Its thread
 * is {@code summary}.
 */
final class ServiceSummary implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(ServiceSummary.class);

  private final List<Figure> figures;
  private final MeterRegistry meters;
  private final LongSupplier nanoTime;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, ServiceSummary::newThread);
  private Map<Meter.Id, Sums> before = Map.of();
  private long toldAt;

  /** What a counter or a timer has come to: its count, and the time it took in all, ms. */
  private record Sums(double count, double millis) {
    static final Sums NONE = new Sums(0, 0);

    static Sums of(Meter meter) {
      if (meter instanceof Timer timer) {
        return new Sums(timer.count(), timer.totalTime(TimeUnit.MILLISECONDS));
      }
      return meter instanceof Counter counter ? new Sums(counter.count(), 0) : NONE;
    }
  }

  /**
   * A key of the line, and the metric it is read from; the values of its labels are added up. The
   * key is what the name of the metric says beyond its room and its unit.
   */
  private record Figure(String key, MetricEntry metric) {
    static Figure of(String name) {
      MetricEntry metric = MetricDictionary.ofThisBuild().entry(name);
      String key = name.replaceFirst("^icecube_[a-z]+_", "");
      return switch (metric.type()) {
        case COUNTER -> new Figure(without(key, "_total"), metric);
        case GAUGE -> new Figure(key, metric);
        case HISTOGRAM, SUMMARY -> new Figure(without(key, "_seconds") + "_mean_ms", metric);
      };
    }

    private static String without(String name, String suffix) {
      if (!name.endsWith(suffix)) {
        throw new IllegalArgumentException(
            "figure: %s (expected: ...%s, by its type)".formatted(name, suffix));
      }
      return name.substring(0, name.length() - suffix.length());
    }
  }

  ServiceSummary(String service, MeterRegistry meters, LongSupplier nanoTime) {
    this.figures = metrics(service).stream().map(Figure::of).toList();
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
    Map<Meter.Id, Sums> after = new HashMap<>();
    for (Figure figure : figures) {
      String meter = figure.metric().meterName();
      double value =
          switch (figure.metric().type()) {
            case COUNTER -> added(meter, after).count();
            case GAUGE -> meters.find(meter).gauges().stream().mapToDouble(Gauge::value).sum();
            case HISTOGRAM, SUMMARY -> meanMillis(added(meter, after));
          };
      line = line.addKeyValue(figure.key(), rounded(value));
    }
    before = after;
    line.log("summary");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  /** What all meters of a name have added since the line before; {@code after} takes their sums. */
  private Sums added(String name, Map<Meter.Id, Sums> after) {
    double count = 0;
    double millis = 0;
    for (Meter meter : meters.find(name).meters()) {
      Sums now = Sums.of(meter);
      Sums last = before.getOrDefault(meter.getId(), Sums.NONE);
      if (now.count() < last.count()) {
        last = Sums.NONE; // It was taken away, and began anew.
      }
      count += now.count() - last.count();
      millis += now.millis() - last.millis();
      after.put(meter.getId(), now);
    }
    return new Sums(count, millis);
  }

  private static double meanMillis(Sums added) {
    return added.count() > 0 ? added.millis() / added.count() : 0;
  }

  /** Whole where it is whole, so that JSON has 12 and not 12.0. */
  private static Number rounded(double value) {
    double rounded = Math.round(value * 1e3) / 1e3;
    return rounded == Math.rint(rounded) ? (Number) (long) rounded : (Number) rounded;
  }

  /** What a service is summed up by, as {@code otel/metrics.yaml} names it; none of others. */
  private static List<String> metrics(String service) {
    return switch (service) {
      case "emitter" ->
          List.of(
              "icecube_emitter_events_accepted_total",
              "icecube_emitter_events_rejected_total",
              "icecube_emitter_appends_busy_total",
              "icecube_emitter_log_failures_total",
              "icecube_emitter_append_seconds");
      case "consumer" ->
          List.of(
              "icecube_consumer_events_predicted_total",
              "icecube_consumer_events_dead_lettered_total",
              "icecube_consumer_entries_retried_total",
              "icecube_consumer_events_in_flight",
              "icecube_consumer_backlog_entries",
              "icecube_consumer_event_age_seconds");
      case "model-server" ->
          List.of(
              "icecube_modelserver_requests_answered_total",
              "icecube_modelserver_requests_dropped_total",
              "icecube_modelserver_events_predicted_total",
              "icecube_modelserver_events_refused_total",
              "icecube_modelserver_queue_events",
              "icecube_modelserver_request_seconds");
      case "sink" ->
          List.of(
              "icecube_sinks_events_read_total",
              "icecube_sinks_windows_logged_total",
              "icecube_sinks_windows_dropped_total",
              "icecube_sinks_windows_waiting",
              "icecube_sinks_failures_total");
      default -> List.of();
    };
  }

  private static Thread newThread(Runnable work) {
    Thread made = new Thread(work, "summary");
    made.setDaemon(true);
    return made;
  }
}
