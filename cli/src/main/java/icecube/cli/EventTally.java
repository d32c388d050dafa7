// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.proto.Reasons;
import icecube.v1.Reason;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What became of the events of one or several batches: {@code read = written + left out}, the left
 * out by reason.
 *
 * @param read events read, and those without pulses that the meta lists
 * @param written of these, events that stand in the output
 * @param rows pulses that stand there
 * @param withTruth of those written, events whose truth the meta tells
 * @param leftOut events that do not stand there, by the name of the reason
 */
record EventTally(long read, long written, long rows, long withTruth, Map<String, Long> leftOut) {
  /** Nothing read. */
  static final EventTally NONE = new EventTally(0, 0, 0, 0, Map.of());

  private static final int COUNTS = 4;

  EventTally {
    leftOut = new TreeMap<>(leftOut);
    long lost = read - written - leftOut.values().stream().mapToLong(Long::longValue).sum();
    if (lost != 0) {
      throw new IllegalArgumentException(
          "tally: read %d, written %d, left out %s (expected: read = written + left out)"
              .formatted(read, written, leftOut));
    }
  }

  /** Both together. */
  EventTally plus(EventTally other) {
    Map<String, Long> reasons = new TreeMap<>(leftOut);
    other.leftOut.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    return new EventTally(
        read + other.read,
        written + other.written,
        rows + other.rows,
        withTruth + other.withTruth,
        reasons);
  }

  /** Events left out, whatever the reason. */
  long leftOutCount() {
    return read - written;
  }

  /** For example {@code 3 (1 EVENT_EMPTY, 2 TIME_UNSORTED)}. */
  String leftOutWords() {
    if (leftOut.isEmpty()) {
      return "0";
    }
    return String.format(Locale.ROOT, "%,d", leftOutCount())
        + leftOut.entrySet().stream()
            .map(each -> String.format(Locale.ROOT, "%,d %s", each.getValue(), each.getKey()))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  /** One line that {@link #parse} reads, for the metadata of a file. */
  String toNote() {
    return read
        + ";"
        + written
        + ";"
        + rows
        + ";"
        + withTruth
        + ";"
        + leftOut.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(","));
  }

  /**
   * What {@link #toNote} wrote.
   *
   * @throws IllegalArgumentException if it did not
   */
  static EventTally parse(String note) {
    String[] parts = note.split(";", -1);
    if (parts.length != COUNTS + 1) {
      throw new IllegalArgumentException("tally: " + note + " (expected: five parts)");
    }
    long[] counts = Arrays.stream(parts, 0, COUNTS).mapToLong(Long::parseLong).toArray();
    Map<String, Long> leftOut = new TreeMap<>();
    if (!parts[COUNTS].isEmpty()) {
      for (String each : parts[COUNTS].split(",", -1)) {
        int equals = each.indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException("tally: " + note + " (expected: REASON=COUNT)");
        }
        leftOut.put(each.substring(0, equals), Long.valueOf(each.substring(equals + 1)));
      }
    }
    return new EventTally(counts[0], counts[1], counts[2], counts[3], leftOut);
  }

  /** Counts one batch; confined to one thread. */
  static final class Counter {
    private final Map<String, Long> leftOut = new TreeMap<>();
    private long written;
    private long rows;
    private long withTruth;
    private long left;

    void written(int rowCount, boolean hasTruth) {
      written++;
      rows += rowCount;
      withTruth += hasTruth ? 1 : 0;
    }

    void leftOut(Reason reason) {
      left++;
      leftOut.merge(Reasons.nameOf(reason), 1L, Long::sum);
    }

    EventTally tally() {
      return new EventTally(written + left, written, rows, withTruth, leftOut);
    }
  }
}
