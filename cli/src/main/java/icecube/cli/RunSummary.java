// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a run did, as {@code --summary} writes it and the table at its end shows it.
 *
 * @param emitted events put into the stream
 * @param predicted events with a direction
 * @param deadLettered events refused with a reason
 * @param inFlight events that are neither yet; 0 after a whole run
 * @param duplicates events published more than once; never above 0
 * @param eventsPerSecond events published per second of {@code wallSeconds}
 * @param wallSeconds from the first append to the last publication
 * @param latencyMs from append to publication, per event
 * @param meanAngularErrorRad Kaggle's score, if the truth is known
 * @param model who answered
 * @param modelVersion which version of it
 */
@JsonPropertyOrder({
  "emitted",
  "predicted",
  "deadLettered",
  "inFlight",
  "duplicates",
  "eventsPerSecond",
  "wallSeconds",
  "latencyMs",
  "meanAngularErrorRad",
  "model",
  "modelVersion"
})
record RunSummary(
    long emitted,
    long predicted,
    long deadLettered,
    long inFlight,
    long duplicates,
    double eventsPerSecond,
    double wallSeconds,
    LatencyMs latencyMs,
    @Nullable Double meanAngularErrorRad,
    String model,
    String modelVersion) {

  /**
   * Event age at publication.
   *
   * @param p50 median, ms
   * @param p99 99th percentile, ms
   */
  record LatencyMs(double p50, double p99) {}

  /** Whether every event emitted was published once and nothing is left. */
  boolean isBalanced() {
    return inFlight == 0 && duplicates == 0 && emitted == predicted + deadLettered;
  }

  String toJson() {
    return Json.pretty(this);
  }

  String toTable() {
    StringBuilder table = new StringBuilder();
    row(table, "model", (model + " " + modelVersion).strip());
    row(table, "emitted", "%,d events".formatted(emitted));
    row(table, "predicted", "%,d".formatted(predicted));
    row(table, "dead-lettered", "%,d".formatted(deadLettered));
    row(table, "in flight", "%,d".formatted(inFlight));
    row(table, "duplicates", "%,d".formatted(duplicates));
    row(table, "throughput", "%,.0f events/s over %.2f s".formatted(eventsPerSecond, wallSeconds));
    row(table, "event age", "p50 %.1f ms, p99 %.1f ms".formatted(latencyMs.p50, latencyMs.p99));
    row(
        table,
        "mean angular error",
        meanAngularErrorRad == null
            ? "unknown (the input has no truth)"
            : "%.4f rad".formatted(meanAngularErrorRad));
    row(table, "balance", isBalanced() ? "holds" : "BROKEN: see icecube reconcile");
    return table.toString();
  }

  private static void row(StringBuilder table, String name, String value) {
    table.append(String.format(Locale.ROOT, "  %-20s %s%n", name, value));
  }
}
