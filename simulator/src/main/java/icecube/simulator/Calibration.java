// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import java.util.List;
import java.util.Locale;

/**
 * How near simulated events come to the recorded ones: the comparison of {@link CalibrationRow}s.
 *
 * <p>The published numbers are those of training batch 1 of the competition <i>IceCube – Neutrinos
 * in Deep Ice</i> (200,000 events, 32,792,416 pulses): pulse counts and durations are quantiles of
 * all its events; charges, zenith and first-pulse times come from published summaries of the same
 * batch; the plain line fit's mean angular error on it is 1.217 rad. The share of auxiliary pulses
 * is an estimate from published histograms: 60 to 65 % of a median event, about 28 % of all pulses.
 *
 * @param events events that were compared
 * @param seed their seed
 * @param rows the numbers
 */
public record Calibration(long events, long seed, List<CalibrationRow> rows) {
  /** The most events that may be compared; their numbers are held in memory, 48 bytes each. */
  public static final int EVENT_COUNT_MAX = 2_000_000;

  public Calibration {
    rows = List.copyOf(rows);
  }

  /**
   * Simulates the first events of a simulator's seed and compares them.
   *
   * @param events how many, 1..{@value #EVENT_COUNT_MAX}; below some 10,000 the tails are chance
   * @param threads threads to simulate with; the result does not depend on them
   */
  public static Calibration of(Simulator simulator, int events, int threads) {
    if (events < 1 || events > EVENT_COUNT_MAX) {
      throw new IllegalArgumentException(
          "events: " + events + " (expected: 1.." + EVENT_COUNT_MAX + ")");
    }
    var sums = new CalibrationSums(simulator.geometry(), events);
    try (var source = SimulatedEvents.open(simulator, 0, events, threads)) {
      for (var event = source.next(); event != null; event = source.next()) {
        sums.add(event);
      }
    }
    return new Calibration(events, simulator.settings().seed(), sums.rows());
  }

  /** Whether every number keeps its limits. */
  public boolean holds() {
    return rows.stream().allMatch(CalibrationRow::holds);
  }

  /** The comparison for people, one number a line. */
  public String toTable() {
    var table =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-34s %10s %10s %6s  %-18s %s%n",
                "%,d events, seed %d".formatted(events, seed),
                "published",
                "simulated",
                "ratio",
                "limits",
                "within"));
    for (CalibrationRow row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-34s %10s %10s %6.3f  %-18s %s%n",
              row.quantity(),
              number(row.published()),
              number(row.simulated()),
              row.ratio(),
              row.low() == null || row.high() == null
                  ? "-"
                  : number(row.low()) + " .. " + number(row.high()),
              row.low() == null ? "-" : row.holds() ? "yes" : "NO"));
    }
    return table.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 30 ? "%.3f" : "%,.0f", value);
  }
}
