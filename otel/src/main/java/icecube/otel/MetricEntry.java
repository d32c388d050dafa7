// SPDX-License-Identifier: Apache-2.0
package icecube.otel;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One metric as the dictionary has it.
 *
 * @param name its name in Prometheus
 * @param type what it is
 * @param unit what one of it is, such as {@code seconds} or {@code events}
 * @param labels the keys it is told apart by, each once
 * @param room who owns it
 * @param meaning one sentence
 * @param buckets upper bounds of a histogram, rising; empty for every other type
 * @param appears when it is first seen; empty for from the start of its process
 */
public record MetricEntry(
    String name,
    Type type,
    String unit,
    List<String> labels,
    String room,
    String meaning,
    List<Double> buckets,
    String appears) {
  public MetricEntry {
    requireNonNull(name, "name");
    requireNonNull(type, "type");
    requireNonNull(unit, "unit");
    labels = List.copyOf(labels);
    requireNonNull(room, "room");
    requireNonNull(meaning, "meaning");
    buckets = List.copyOf(buckets);
    requireNonNull(appears, "appears");
    if (buckets.isEmpty() == (type == Type.HISTOGRAM)) {
      throw new IllegalArgumentException(
          "buckets: %s of %s %s (expected: some for a histogram, none for others)"
              .formatted(buckets, type, name));
    }
  }

  /**
   * What Micrometer calls it, which gives it the suffix that Prometheus wants: dots for
   * underscores, without {@code _total} of a counter or {@code _seconds} of a time that is summed
   * up.
   */
  public String meterName() {
    String stem =
        switch (type) {
          case COUNTER -> without(name, "_total");
          case HISTOGRAM, SUMMARY -> isTime() ? without(name, "_seconds") : name;
          case GAUGE -> name;
        };
    return stem.replace('_', '.');
  }

  /** Whether it sums up times. */
  boolean isTime() {
    return unit.equals("seconds");
  }

  private static String without(String name, String suffix) {
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
  }

  /** What a metric may be. */
  public enum Type {
    /** It only rises, and begins at 0 with its process. */
    COUNTER,
    /** It rises and falls. */
    GAUGE,
    /** Counts by upper bound, with a sum and a largest value. */
    HISTOGRAM,
    /** A count, a sum and a largest value; of libraries only. */
    SUMMARY
  }
}
