// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.util.List;
import java.util.Locale;

/**
 * The balance sheet of a whole log, drawn up from what stands in it and not from its counters
 * alone.
 *
 * <p>Everything published is read and looked at: an event may be predicted or dead-lettered once.
 * The scan covers exactly what each partition's account covers at one instant, so that it holds
 * while events flow. What is found must agree with the counters and digests.
 *
 * @param emitted events appended
 * @param predicted events found with a prediction
 * @param deadLettered events found among the dead letters
 * @param inFlight events appended and not yet published
 * @param duplicates events found once more than they should be
 * @param missing events neither found nor in flight
 * @param duplicateIds some of the duplicates, at most {@value #IDS_MAX}
 * @param missingIds the missing events as far as they can be named: the log keeps no list of what
 *     it was given, but one missing event of a partition can be computed from the digests
 * @param disagreements where counters or digests contradict what was found, in words, at most
 *     {@value #IDS_MAX}
 * @param isFinished whether every partition was given all its source has
 */
public record Reconciliation(
    long emitted,
    long predicted,
    long deadLettered,
    long inFlight,
    long duplicates,
    long missing,
    List<Long> duplicateIds,
    List<Long> missingIds,
    List<String> disagreements,
    boolean isFinished) {
  /** The most ids or disagreements a reconciliation names. */
  public static final int IDS_MAX = 100;

  public Reconciliation {
    duplicateIds = List.copyOf(duplicateIds);
    missingIds = List.copyOf(missingIds);
    disagreements = List.copyOf(disagreements);
  }

  /**
   * Reads the whole log. Takes time in proportion to what was published and memory of a few bits
   * per event.
   */
  public static Reconciliation of(EventLog log) {
    var reconciler = new Reconciler(log);
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      reconciler.add(partition);
    }
    return reconciler.result();
  }

  /** Whether nothing is missing or doubled, and counters and digests agree with what was found. */
  public boolean isBalanced() {
    return duplicates == 0 && missing == 0 && disagreements.isEmpty();
  }

  /** Whether it is balanced, nothing is in flight, and every partition is finished. */
  public boolean isComplete() {
    return isBalanced() && inFlight == 0 && isFinished;
  }

  /** The balance sheet as lines of text, with what is wrong below; ends with a line end. */
  public String toTable() {
    var table =
        new StringBuilder()
            .append(line("emitted", emitted))
            .append(line("predicted", predicted))
            .append(line("dead-lettered", deadLettered))
            .append(line("in flight", inFlight))
            .append(line("duplicates", duplicates))
            .append(line("missing", missing))
            .append(String.format(Locale.ROOT, "%-15s%15s%n", "balance", verdict()));
    if (!duplicateIds.isEmpty()) {
      table.append("duplicate ids: ").append(duplicateIds).append('\n');
    }
    if (!missingIds.isEmpty()) {
      table.append("missing ids: ").append(missingIds).append('\n');
    }
    disagreements.forEach(each -> table.append(each).append('\n'));
    return table.toString();
  }

  private static String line(String name, long count) {
    return String.format(Locale.ROOT, "%-15s%,15d%n", name, count);
  }

  private String verdict() {
    if (!isBalanced()) {
      return "BROKEN";
    }
    return isComplete() ? "complete" : "holds so far";
  }
}
