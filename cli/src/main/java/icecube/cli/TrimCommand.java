// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.stream.EventLog;
import icecube.stream.PartitionInspection.StreamInspection;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Removes what everybody who reads predictions and dead letters has acknowledged. */
@Command(
    name = "trim",
    description =
        "Remove predictions and dead letters that every consumer group of their stream has"
            + " acknowledged. It never removes an event that waits, nor anything of a stream"
            + " without a group, nor anything that one group has not acknowledged; the account"
            + " keeps count and digest of what is gone, so that reconcile holds.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./icecube trim --redis redis://127.0.0.1:6379 --entries-max 100000")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class TrimCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RedisOptions redis;

  @Option(
      names = "--partition",
      paramLabel = "P",
      description = "only this partition (default: all)")
  private @Nullable Integer partition;

  @Option(
      names = "--entries-max",
      paramLabel = "N",
      defaultValue = "1000000",
      description =
          "most entries to remove of each stream of each partition (default: ${DEFAULT-VALUE})")
  private int entriesMax;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  /** What {@code --json} prints, and the lines say. */
  record Trimmed(List<PartitionTrimmed> partitions) {}

  /**
   * One partition.
   *
   * @param removed entries removed
   * @param predictions entries of predictions left
   * @param deadLetters entries of dead letters left
   * @param why why those are left
   */
  record PartitionTrimmed(
      int partition, int removed, long predictions, long deadLetters, List<String> why) {}

  @Override
  public Integer call() throws InterruptedException {
    if (entriesMax < 1) {
      throw new SettingException("--entries-max: " + entriesMax + " (expected: at least 1)");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (EventLog log = redis.openExisting()) {
      OptionalInt only = RedisOptions.partitionOf(log, partition);
      List<PartitionTrimmed> trimmed = new ArrayList<>();
      for (int index = 0; index < log.partitionCount(); index++) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (only.isEmpty() || only.getAsInt() == index) {
          trimmed.add(trim(log, index));
        }
      }
      if (json) {
        out.println(Json.pretty(new Trimmed(trimmed)));
      } else {
        trimmed.forEach(each -> print(out, each));
      }
      out.flush();
    }
    return ExitCode.OK.code();
  }

  private PartitionTrimmed trim(EventLog log, int index) {
    int removed = log.trim(index, entriesMax);
    var left = log.inspect(index);
    List<String> why = new ArrayList<>();
    explain("predictions", left.predictions(), why);
    explain("dead letters", left.deadLetters(), why);
    return new PartitionTrimmed(
        index, removed, left.predictions().entryCount(), left.deadLetters().entryCount(), why);
  }

  private static void explain(String stream, StreamInspection left, List<String> why) {
    if (left.entryCount() == 0) {
      return;
    }
    if (left.groups().isEmpty()) {
      why.add(stream + ": no group reads them, so nobody can tell what is done with");
    }
    left.groups().stream()
        .filter(group -> group.pending() + group.lag() > 0)
        .forEach(
            group ->
                why.add(
                    "%s: group %s has not acknowledged %,d entries and not read %,d"
                        .formatted(stream, group.name(), group.pending(), group.lag())));
  }

  private static void print(PrintWriter out, PartitionTrimmed of) {
    out.printf(
        "partition %d: %,d entries removed; %,d of predictions and %,d of dead letters left%n",
        of.partition(), of.removed(), of.predictions(), of.deadLetters());
    of.why().forEach(reason -> out.println("  " + reason));
  }
}
