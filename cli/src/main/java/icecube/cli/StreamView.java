// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import com.google.errorprone.annotations.FormatMethod;
import icecube.stream.EventLog;
import icecube.stream.PartitionAccount;
import icecube.stream.PartitionInspection;
import icecube.stream.PartitionInspection.GroupInspection;
import icecube.stream.PartitionInspection.StreamInspection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A stream at one moment, as {@code inspect} shows it.
 *
 * @param stream its name
 * @param redis where it is, without the password
 * @param partitionCount all partitions it has
 * @param memoryUsedBytes memory its server uses; null if it does not tell
 * @param memoryMaxBytes memory it may use, 0 for any amount; null if it does not tell
 * @param partitions those looked at
 */
record StreamView(
    String stream,
    String redis,
    int partitionCount,
    @Nullable Long memoryUsedBytes,
    @Nullable Long memoryMaxBytes,
    List<PartitionRow> partitions) {

  /**
   * One partition.
   *
   * @param sourceEntries entries the source has for it; null until the emitter has said so
   * @param problems what is wrong, in words
   */
  record PartitionRow(
      int partition,
      long emitted,
      long predicted,
      long deadLettered,
      long inFlight,
      long trimmed,
      long redriven,
      long lastSequence,
      @Nullable Long sourceEntries,
      StreamRow events,
      StreamRow predictions,
      StreamRow deadLetters,
      List<String> problems) {}

  /** One of its three streams; ages in seconds, null for none. */
  record StreamRow(long entries, @Nullable Double oldestAgeSeconds, List<GroupRow> groups) {}

  /** One consumer group. */
  record GroupRow(
      String name,
      long pending,
      long lag,
      boolean lagAtLeast,
      @Nullable Double pendingIdleSecondsMax,
      long deliveriesMax,
      List<ConsumerRow> consumers) {}

  /** One consumer. */
  record ConsumerRow(String name, long holds, double idleSeconds) {}

  StreamView {
    partitions = List.copyOf(partitions);
  }

  /** Reads it now. */
  static StreamView read(EventLog log, String stream, String redis, OptionalInt only) {
    List<PartitionRow> rows = new ArrayList<>();
    OptionalLong used = OptionalLong.empty();
    OptionalLong max = OptionalLong.empty();
    for (int partition = 0; partition < log.partitionCount(); partition++) {
      if (only.isEmpty() || only.getAsInt() == partition) {
        PartitionInspection inspection = log.inspect(partition);
        rows.add(row(partition, log.account(partition), inspection));
        used = inspection.memoryUsedBytes();
        max = inspection.memoryMaxBytes();
      }
    }
    return new StreamView(stream, redis, log.partitionCount(), orNull(used), orNull(max), rows);
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private static PartitionRow row(
      int partition, PartitionAccount account, PartitionInspection inspection) {
    return new PartitionRow(
        partition,
        account.emitted(),
        account.predicted(),
        account.deadLettered(),
        account.inFlight(),
        account.predictedTrimmed().events() + account.deadLetteredTrimmed().events(),
        account.redriven(),
        account.lastSequence(),
        orNull(account.entryCount()),
        row(inspection.events()),
        row(inspection.predictions()),
        row(inspection.deadLetters()),
        Diagnosis.of(account, inspection));
  }

  private static StreamRow row(StreamInspection of) {
    return new StreamRow(
        of.entryCount(),
        of.oldestAge().map(StreamView::seconds).orElse(null),
        of.groups().stream().map(StreamView::row).toList());
  }

  private static GroupRow row(GroupInspection of) {
    return new GroupRow(
        of.name(),
        of.pending(),
        of.lag(),
        of.isLagAtLeast(),
        of.pendingIdleMax().map(StreamView::seconds).orElse(null),
        of.deliveriesMax(),
        of.consumers().stream()
            .map(each -> new ConsumerRow(each.name(), each.pending(), seconds(each.idle())))
            .toList());
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  /** Problems of all partitions, each with the partition it is of. */
  List<String> allProblems() {
    return partitions.stream()
        .flatMap(
            row ->
                row.problems().stream().map(each -> "partition " + row.partition() + ": " + each))
        .toList();
  }

  /** For a terminal of 100 columns; ends with a line end. */
  String toTable() {
    StringBuilder table = new StringBuilder();
    append(
        table,
        "stream %s at %s: %d partitions, memory %s of %s",
        stream,
        redis,
        partitionCount,
        memoryUsedBytes == null ? "unknown" : Words.bytes(memoryUsedBytes),
        memoryMaxBytes == null
            ? "unknown"
            : memoryMaxBytes == 0 ? "any amount" : Words.bytes(memoryMaxBytes));
    partitions.forEach(row -> append(table, row));
    List<String> problems = allProblems();
    table.append('\n');
    append(table, "%s", problems.isEmpty() ? "no problem seen" : "problems, see docs/FAILURES.md:");
    problems.forEach(problem -> append(table, "  %s", problem));
    return table.toString();
  }

  private static void append(StringBuilder table, PartitionRow row) {
    table.append('\n');
    append(
        table,
        "partition %d: emitted %,d = predicted %,d + dead-lettered %,d + in flight %,d",
        row.partition(),
        row.emitted(),
        row.predicted(),
        row.deadLettered(),
        row.inFlight());
    append(
        table,
        "  producer at entry %,d of %s; redriven %,d, trimmed %,d events",
        row.lastSequence(),
        row.sourceEntries() == null
            ? "a source not yet read through"
            : "%,d".formatted(row.sourceEntries()),
        row.redriven(),
        row.trimmed());
    append(
        table,
        "  %-13s%9s %12s  %-14s%9s%10s %12s%11s",
        "stream",
        "entries",
        "oldest",
        "group",
        "pending",
        "lag",
        "idle at most",
        "deliveries");
    append(table, "events", row.events());
    append(table, "predictions", row.predictions());
    append(table, "dead letters", row.deadLetters());
    row.events().groups().stream()
        .flatMap(group -> group.consumers().stream())
        .forEach(
            each ->
                append(
                    table,
                    "    %s holds %,d, idle for %s",
                    each.name(),
                    each.holds(),
                    age(each.idleSeconds())));
  }

  private static void append(StringBuilder table, String name, StreamRow row) {
    String begin =
        String.format(
            Locale.ROOT, "  %-13s%,9d %12s  ", name, row.entries(), age(row.oldestAgeSeconds()));
    if (row.groups().isEmpty()) {
      append(table, "%s%s", begin, "no group");
    }
    for (GroupRow group : row.groups()) {
      append(
          table,
          "%s%-14s%,9d%10s %12s%,11d",
          begin,
          group.name(),
          group.pending(),
          String.format(Locale.ROOT, group.lagAtLeast() ? "≥ %,d" : "%,d", group.lag()),
          age(group.pendingIdleSecondsMax()),
          group.deliveriesMax());
      begin = " ".repeat(begin.length());
    }
  }

  private static String age(@Nullable Double seconds) {
    return seconds == null ? "-" : Words.age(Duration.ofMillis((long) (seconds * 1e3)));
  }

  @FormatMethod
  private static void append(StringBuilder table, String format, Object... values) {
    table.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
