// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import static java.util.Objects.requireNonNull;

import icecube.otel.CounterFamily;
import icecube.otel.GaugeRows;
import icecube.otel.Meters;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The balance sheet of a log as gauges by partition, read every {@link #INTERVAL} on a thread of
 * its own. Every process that has the log shows it, so that it is there while any of them lives;
 * whoever looks takes the largest by partition.
 *
 * <p>Of a partition that was not read nothing is shown, as what was read before is no longer known
 * to hold, and {@code icecube_stream_account_readings_total} tells that it failed. A reading ends
 * at the first partition that was waited for in vain: while Redis is away, one fails every few
 * seconds, however many partitions there are. The next one asks those that failed after all others,
 * so that they keep nobody from being shown. Does not own the log.
 */
public final class StreamMetrics implements AutoCloseable {
  /** Time between two readings. */
  public static final Duration INTERVAL = Duration.ofSeconds(5);

  /** How long {@link #close} waits for a reading that is under way. */
  private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(StreamMetrics.class);

  private final IntFunction<Seen> look;

  /** All partitions, those that failed at the end. Confined to who reads. */
  private final Set<Integer> order;

  private final List<Figure> figures = new ArrayList<>();
  private final CounterFamily readings;
  private final ScheduledExecutorService thread;
  private boolean isFailing;

  StreamMetrics(EventLog log, Meters meters) {
    this(log.partitionCount(), partition -> Seen.of(log, partition), meters);
  }

  StreamMetrics(int partitionCount, IntFunction<Seen> look, Meters meters) {
    this.look = requireNonNull(look, "look");
    this.order = new LinkedHashSet<>(IntStream.range(0, partitionCount).boxed().toList());
    count(meters, "icecube_stream_emitted_events", PartitionAccount::emitted);
    count(meters, "icecube_stream_predicted_events", PartitionAccount::predicted);
    count(meters, "icecube_stream_dead_lettered_events", PartitionAccount::deadLettered);
    count(meters, "icecube_stream_in_flight_events", PartitionAccount::inFlight);
    count(meters, "icecube_stream_redriven_events", PartitionAccount::redriven);
    count(meters, "icecube_stream_imbalance_events", PartitionAccount::imbalance);
    count(meters, "icecube_stream_backlog_entries", PartitionAccount::backlog);
    count(meters, "icecube_stream_pending_entries", PartitionAccount::pending);
    count(meters, "icecube_stream_prediction_entries", PartitionAccount::predictionEntryCount);
    count(meters, "icecube_stream_dead_letter_entries", PartitionAccount::deadLetterEntryCount);
    show(meters, "icecube_stream_oldest_entry_age_seconds", Seen::oldestAgeSeconds);
    show(meters, "icecube_stream_redis_memory_used_bytes", Seen::memoryUsedBytes);
    show(meters, "icecube_stream_redis_memory_max_bytes", Seen::memoryMaxBytes);
    this.readings =
        meters.counters(
            "icecube_stream_account_readings_total", "outcome", List.of("read", "failed"));
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              var daemon = new Thread(work, "stream-metrics");
              daemon.setDaemon(true);
              return daemon;
            });
  }

  /** Reads {@code log} from now on. */
  public static StreamMetrics start(EventLog log, Meters meters) {
    var metrics = new StreamMetrics(log, meters);
    var unused =
        metrics.thread.scheduleWithFixedDelay(
            metrics::read, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    return metrics;
  }

  private void count(Meters meters, String name, Function<PartitionAccount, Long> value) {
    show(meters, name, seen -> OptionalDouble.of(value.apply(seen.account())));
  }

  private void show(Meters meters, String name, Function<Seen, OptionalDouble> value) {
    figures.add(new Figure(meters.gaugeRows(name), value));
  }

  /**
   * Reads every partition once, unless one is waited for in vain, and shows those that answer.
   * Never throws: the next reading is due all the same.
   */
  void read() {
    Map<Tags, Seen> seen = new HashMap<>();
    RuntimeException failure = null;
    for (Integer partition : List.copyOf(order)) {
      try {
        seen.put(Tags.of("partition", partition.toString()), look.apply(partition));
      } catch (RuntimeException e) {
        failure = e;
        order.remove(partition);
        order.add(partition);
        if (!RedisFailures.isAnswer(e)) {
          break;
        }
      }
    }
    figures.forEach(figure -> figure.show(seen));
    readings.of(failure == null ? "read" : "failed").increment();
    if (failure != null && !isFailing && !thread.isShutdown()) {
      LOG.atWarn().setCause(failure).log("the account of the event log could not be read");
    }
    isFailing = failure != null;
  }

  /** Ends; what was shown stays until its registry closes. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.atWarn().log("a reading of the account did not end in time and is left alone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One gauge and where its value is found. */
  private record Figure(GaugeRows rows, Function<Seen, OptionalDouble> value) {
    void show(Map<Tags, Seen> seen) {
      Map<Tags, Double> values = new HashMap<>();
      seen.forEach((tags, each) -> value.apply(each).ifPresent(one -> values.put(tags, one)));
      rows.set(values);
    }
  }

  /** A partition as it was read. */
  record Seen(PartitionAccount account, PartitionGlance glance) {
    static Seen of(EventLog log, int partition) {
      return new Seen(log.account(partition), log.glance(partition));
    }

    OptionalDouble oldestAgeSeconds() {
      return OptionalDouble.of(glance.oldestAge().map(age -> age.toNanos() / 1e9).orElse(0.0));
    }

    OptionalDouble memoryUsedBytes() {
      return known(glance.memoryUsedBytes());
    }

    OptionalDouble memoryMaxBytes() {
      return known(glance.memoryMaxBytes());
    }

    private static OptionalDouble known(OptionalLong bytes) {
      return bytes.isPresent()
          ? OptionalDouble.of((double) bytes.getAsLong())
          : OptionalDouble.empty();
    }
  }
}
