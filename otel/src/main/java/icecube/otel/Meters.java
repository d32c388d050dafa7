// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Makes the meters of one process by the names of the dictionary: the name in the code is the name
 * in Prometheus, and type, meaning, labels and buckets come from {@code metrics.yaml}.
 *
 * <p>Every method throws {@link IllegalArgumentException} for a name that is not in the dictionary,
 * is of another type there, or has other labels. A meter asked for again is the same one. Meters
 * are best made when a service starts, all values of their labels at once: what is not there has no
 * rate, and the first of a kind goes unseen. Thread-safe.
 */
public final class Meters {
  private final MeterRegistry registry;
  private final MetricDictionary dictionary;

  private Meters(MeterRegistry registry, MetricDictionary dictionary) {
    this.registry = requireNonNull(registry, "registry");
    this.dictionary = dictionary;
  }

  /** Meters that {@code registry} keeps and shows. */
  public static Meters of(MeterRegistry registry) {
    return of(registry, MetricDictionary.ofThisBuild());
  }

  /** Meters that forget what they count. */
  public static Meters none() {
    return of(new CompositeMeterRegistry());
  }

  static Meters of(MeterRegistry registry, MetricDictionary dictionary) {
    return new Meters(registry, dictionary);
  }

  /** Where they are kept. */
  public MeterRegistry registry() {
    return registry;
  }

  /**
   * A counter.
   *
   * @param labels keys and values in turn
   */
  public Counter counter(String name, String... labels) {
    MetricEntry entry = entry(name, MetricEntry.Type.COUNTER);
    return Counter.builder(entry.meterName())
        .description(entry.meaning())
        .tags(tags(entry, labels))
        .register(registry);
  }

  /**
   * The counters of one name with one label.
   *
   * @param values those of the label that are known
   */
  public CounterFamily counters(String name, String label, Collection<String> values) {
    return new CounterFamily(this, name, label, values);
  }

  /**
   * A histogram of times.
   *
   * @param labels keys and values in turn
   */
  public Timer timer(String name, String... labels) {
    MetricEntry entry = entry(name, MetricEntry.Type.HISTOGRAM);
    if (!entry.isTime()) {
      throw unexpected(name, "a histogram of " + entry.unit(), "of seconds");
    }
    return Timer.builder(entry.meterName())
        .description(entry.meaning())
        .tags(tags(entry, labels))
        .serviceLevelObjectives(
            entry.buckets().stream().map(Meters::seconds).toArray(Duration[]::new))
        .register(registry);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  /**
   * A histogram of anything but times.
   *
   * @param labels keys and values in turn
   */
  public DistributionSummary summary(String name, String... labels) {
    MetricEntry entry = entry(name, MetricEntry.Type.HISTOGRAM);
    if (entry.isTime()) {
      throw unexpected(name, "a histogram of seconds", "of another unit");
    }
    return DistributionSummary.builder(entry.meterName())
        .description(entry.meaning())
        .tags(tags(entry, labels))
        .serviceLevelObjectives(entry.buckets().stream().mapToDouble(Double::doubleValue).toArray())
        .register(registry);
  }

  /**
   * A gauge that reads {@code value} of {@code state} whenever it is scraped. Where several of one
   * name and labels share a registry, the first is shown.
   *
   * @param labels keys and values in turn
   */
  public <T> Gauge gauge(String name, T state, ToDoubleFunction<T> value, String... labels) {
    MetricEntry entry = entry(name, MetricEntry.Type.GAUGE);
    return Gauge.builder(entry.meterName(), state, value)
        .description(entry.meaning())
        .tags(tags(entry, labels))
        .strongReference(true)
        .register(registry);
  }

  /** The gauges of one name whose labels come and go. */
  public GaugeRows gaugeRows(String name) {
    return new GaugeRows(registry, entry(name, MetricEntry.Type.GAUGE));
  }

  private MetricEntry entry(String name, MetricEntry.Type type) {
    MetricEntry entry = dictionary.entry(name);
    if (entry.type() != type) {
      throw unexpected(name, type.name(), entry.type() + ", as in the dictionary");
    }
    return entry;
  }

  private static Tags tags(MetricEntry entry, String... labels) {
    Tags tags = Tags.of(labels);
    requireLabels(entry, tags);
    return tags;
  }

  static void requireLabels(MetricEntry entry, Tags tags) {
    List<String> keys = tags.stream().map(tag -> tag.getKey()).toList();
    if (!keys.equals(entry.labels().stream().sorted().toList())) {
      throw unexpected(entry.name(), "labels " + keys, "labels " + entry.labels());
    }
  }

  private static IllegalArgumentException unexpected(String name, String value, String expected) {
    return new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
  }
}
