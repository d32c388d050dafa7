// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/**
 * The gauges of one name, told apart by labels that come and go. A gauge whose labels stay is never
 * registered anew: a scrape that runs meanwhile would see its labels twice and fail.
 *
 * <p>Set by one thread, read by any.
 */
public final class GaugeRows {
  private final MetricEntry entry;
  private final MultiGauge gauges;
  private volatile Map<Tags, Double> values = Map.of();

  GaugeRows(MeterRegistry registry, MetricEntry entry) {
    this.entry = entry;
    this.gauges =
        MultiGauge.builder(entry.meterName()).description(entry.meaning()).register(registry);
  }

  /**
   * Shows exactly {@code now}: what it lacks is no longer shown.
   *
   * @throws IllegalArgumentException if labels are not those of the dictionary
   */
  public void set(Map<Tags, Double> now) {
    now.keySet().forEach(tags -> Meters.requireLabels(entry, tags));
    // What goes keeps its value until it is no longer shown.
    Map<Tags, Double> all = new HashMap<>(values);
    all.putAll(now);
    values = all;
    gauges.register(now.keySet().stream().map(this::row).toList());
    values = Map.copyOf(now);
  }

  private MultiGauge.Row<GaugeRows> row(Tags tags) {
    return MultiGauge.Row.of(tags, this, all -> all.values.getOrDefault(tags, Double.NaN));
  }
}
