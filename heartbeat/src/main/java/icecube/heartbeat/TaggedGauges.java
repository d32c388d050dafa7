// SPDX-License-Identifier: Apache-2.0
package icecube.heartbeat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/**
 * The gauges of one name, told apart by tags that come and go. A gauge whose tags stay is never
 * registered anew: a scrape that runs meanwhile would see its labels twice and fail.
 *
 * <p>Set by one thread, read by any.
 */
final class TaggedGauges {
  private final MultiGauge gauges;
  private volatile Map<Tags, Double> values = Map.of();

  TaggedGauges(MeterRegistry metrics, MultiGauge.Builder name) {
    gauges = name.register(metrics);
  }

  /** Shows exactly {@code now}: what it lacks is no longer shown. */
  void set(Map<Tags, Double> now) {
    // What goes keeps its value until it is no longer shown.
    Map<Tags, Double> all = new HashMap<>(values);
    all.putAll(now);
    values = all;
    gauges.register(now.keySet().stream().map(this::row).toList());
    values = Map.copyOf(now);
  }

  private MultiGauge.Row<TaggedGauges> row(Tags tags) {
    return MultiGauge.Row.of(tags, this, all -> all.values.getOrDefault(tags, Double.NaN));
  }
}
