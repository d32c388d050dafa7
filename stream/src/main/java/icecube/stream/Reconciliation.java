// SPDX-License-Identifier: Apache-2.0
package icecube.stream;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * The balance sheet of a whole log, drawn up from what stands in it and not from its counters
 * alone.
 *
 * <p>Everything published is read and looked at: an event may be predicted or dead-lettered once.
 * The scan covers exactly what each partition's account covers at one instant, so that it holds
 * while events flow. What is found, and what was trimmed, must agree with the counters and digests.
 *
 * @param emitted events appended or refused at the door
 * @param predicted events found with a prediction, and those whose prediction was trimmed
 * @param deadLettered events found among the dead letters, and those whose letter was trimmed
 * @param trimmed those of both that were trimmed, and so could not be looked at
 * @param inFlight events appended and not yet published
 * @param duplicates events found once more than they should be
 * @param missing events neither found nor in flight
 * @param foreign events found that the source does not have; 0 if the source was not given
 * @param duplicateIds the duplicates, at most {@value #IDS_MAX}
 * @param missingIds the missing events as far as they can be named, at most {@value #IDS_MAX}: all,
 *     if the source was given and every event of the log is published and readable. Without the
 *     source, one missing event of a published entry or of a partition is computed from the digests
 * @param foreignIds the foreign events, at most {@value #IDS_MAX}
 * @param disagreements where counters or digests contradict what was found, in words, at most
 *     {@value #IDS_MAX}
 * @param isFinished whether every partition was given all its source has
 */
public record Reconciliation(
    long emitted,
    long predicted,
    long deadLettered,
    long trimmed,
    long inFlight,
    long duplicates,
    long missing,
    long foreign,
    List<Long> duplicateIds,
    List<Long> missingIds,
    List<Long> foreignIds,
    List<String> disagreements,
    boolean isFinished) {
  /** The most ids or disagreements a reconciliation names. */
  public static final int IDS_MAX = 100;

  public Reconciliation {
    duplicateIds = List.copyOf(duplicateIds);
    missingIds = List.copyOf(missingIds);
    foreignIds = List.copyOf(foreignIds);
    disagreements = List.copyOf(disagreements);
  }

  /**
   * Reads the whole log. Takes time in proportion to what was published and memory of a few bits
   * per event.
   */
  public static Reconciliation of(EventLog log) {
    return of(log, Optional.empty());
  }

  /**
   * Reads the whole log and holds it against its source.
   *
   * @param sourceIds the ids of all events the source has, in any order; an id may come more than
   *     once, if the source has it so
   */
  public static Reconciliation of(EventLog log, Optional<Supplier<LongStream>> sourceIds) {
    var reconciler = new Reconciler(log);
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      reconciler.add(partition);
    }
    sourceIds.ifPresent(reconciler::compareWith);
    return reconciler.result();
  }

  /** Whether nothing is missing, doubled or foreign, and counters and digests agree with it. */
  public boolean isBalanced() {
    return duplicates == 0 && missing == 0 && foreign == 0 && disagreements.isEmpty();
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
            .append(trimmed == 0 ? "" : line("  trimmed", trimmed))
            .append(line("in flight", inFlight))
            .append(line("duplicates", duplicates))
            .append(line("missing", missing))
            .append(foreign == 0 ? "" : line("foreign", foreign))
            .append(String.format(Locale.ROOT, "%-15s%15s%n", "balance", verdict()));
    appendIds(table, "duplicate", duplicateIds, duplicates, "");
    appendIds(
        table,
        "missing",
        missingIds,
        missing,
        "; give the source, and see that nothing is in flight");
    appendIds(table, "foreign", foreignIds, foreign, "");
    disagreements.forEach(each -> table.append(each).append('\n'));
    return table.toString();
  }

  private static String line(String name, long count) {
    return String.format(Locale.ROOT, "%-15s%,15d%n", name, count);
  }

  /** What cannot be named is counted, and why if it is not for want of room. */
  private static void appendIds(
      StringBuilder table, String what, List<Long> ids, long total, String toNameAll) {
    if (total == 0 && ids.isEmpty()) {
      return;
    }
    table.append(what).append(" ids: ").append(ids);
    if (total > ids.size()) {
      table.append(" and ").append(total - ids.size()).append(" more");
      table.append(ids.size() < IDS_MAX ? toNameAll : "");
    }
    table.append('\n');
  }

  private String verdict() {
    if (!isBalanced()) {
      return "BROKEN";
    }
    return isComplete() ? "complete" : "holds so far";
  }
}
