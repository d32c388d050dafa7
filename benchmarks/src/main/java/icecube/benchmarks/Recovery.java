// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * When a server is itself again after an overload: the first of {@value #IN_A_ROW} probes in a row
 * that are answered as fast as 99 of a hundred were before it.
 */
final class Recovery {
  /** So many good answers are no accident. */
  static final int IN_A_ROW = 10;

  /**
   * A probe that was answered.
   *
   * @param sentNanos when it was meant to be sent
   * @param nanos how long the answer took from then
   */
  record Probe(long sentNanos, long nanos) {}

  private Recovery() {}

  /** The 99th percentile of the probes meant to be sent in the time, ns; 0 without any. */
  static long p99Nanos(Collection<Probe> answered, long fromNanos, long untilNanos) {
    long[] sorted =
        answered.stream()
            .filter(probe -> probe.sentNanos() >= fromNanos && probe.sentNanos() < untilNanos)
            .mapToLong(Probe::nanos)
            .sorted()
            .toArray();
    return sorted.length == 0 ? 0 : sorted[(int) (sorted.length * 0.99)];
  }

  /**
   * Seconds from the end of the overload to the first good probe; not a number if there is none.
   *
   * @param answered in any order; those that failed are missing, which a gap between two tells
   * @param gapNanos from one probe to the next
   * @param goodNanos longest time of a good answer
   */
  static double seconds(Collection<Probe> answered, long endNanos, long gapNanos, long goodNanos) {
    List<Probe> after =
        answered.stream()
            .filter(probe -> probe.sentNanos() >= endNanos)
            .sorted(Comparator.comparingLong(Probe::sentNanos))
            .toList();
    long first = 0;
    int inARow = 0;
    long before = Long.MIN_VALUE;
    for (Probe probe : after) {
      boolean isNext = inARow > 0 && probe.sentNanos() - before < gapNanos * 3 / 2;
      if (probe.nanos() > goodNanos) {
        inARow = 0;
      } else if (isNext) {
        inARow++;
      } else {
        inARow = 1;
        first = probe.sentNanos();
      }
      if (inARow == IN_A_ROW) {
        return (first - endNanos) / 1e9;
      }
      before = probe.sentNanos();
    }
    return Double.NaN;
  }
}
