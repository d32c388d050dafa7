// SPDX-License-Identifier: Apache-2.0
package icecube.load;

import org.HdrHistogram.AbstractHistogram;

/** A distribution of times, in ms; zeros if there were none. */
public record Latencies(
    long count,
    double meanMillis,
    double p50Millis,
    double p90Millis,
    double p95Millis,
    double p99Millis,
    double p999Millis,
    double maxMillis) {
  static Latencies of(AbstractHistogram nanos) {
    return new Latencies(
        nanos.getTotalCount(),
        nanos.getTotalCount() == 0 ? 0 : nanos.getMean() / 1e6,
        at(nanos, 50),
        at(nanos, 90),
        at(nanos, 95),
        at(nanos, 99),
        at(nanos, 99.9),
        nanos.getMaxValue() / 1e6);
  }

  private static double at(AbstractHistogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }
}
