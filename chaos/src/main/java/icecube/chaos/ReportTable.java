// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The totals of a suite, one row a group, as {@code docs/FAILURES.md} has them. */
final class ReportTable {
  private ReportTable() {}

  /** A table in Markdown; ends with a line end. */
  static String of(List<SeedReport> reports) {
    Map<String, List<SeedReport>> rows =
        reports.stream()
            .collect(
                Collectors.groupingBy(
                    report -> report.group() + " | " + report.fsync(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    var table =
        new StringBuilder(
            """
            | group | fsync | seeds | events | faults | Redis kills | log lost | lost | doubled | wrong dead | dead | redriven | backlog max | drained, worst |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
            """);
    rows.forEach((name, row) -> table.append(row(name, row)));
    return table.toString();
  }

  private static String row(String name, List<SeedReport> row) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %,d | %,d | %,d | %,d B | %,d | %,d | %,d | %,d | %,d | %d | %.1f s |%n",
        name,
        row.size(),
        sum(row, SeedReport::events),
        sum(row, report -> report.faults() + report.consumerDeaths()),
        sum(row, SeedReport::redisKills),
        sum(row, SeedReport::bytesLost),
        sum(row, SeedReport::lost),
        sum(row, SeedReport::doubled),
        sum(row, SeedReport::wrongDead),
        sum(row, SeedReport::dead),
        sum(row, SeedReport::redriven),
        row.stream().mapToLong(SeedReport::backlogMax).max().orElse(0),
        row.stream().mapToDouble(SeedReport::drainSeconds).max().orElse(0));
  }

  private static long sum(List<SeedReport> row, ToLongFunction<SeedReport> figure) {
    return row.stream().mapToLong(figure).sum();
  }
}
