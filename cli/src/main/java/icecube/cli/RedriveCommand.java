// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.proto.ReasonKind;
import icecube.proto.Reasons;
import icecube.stream.EventLog;
import icecube.v1.Reason;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends dead letters round again once their cause is mended. */
@Command(
    name = "redrive",
    description =
        "Send dead letters round again, once what they died of is mended. Works while the mesh"
            + " runs; may be interrupted and repeated. Copies of an event (EVENT_ID_DUPLICATE)"
            + " always stay.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube redrive --dry-run",
      "  ./icecube redrive --reason PREDICTION_INVALID,CRASH_LOOP",
      "  ./icecube redrive --event-id 24 --json"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RedriveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RedisOptions redis;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      split = ",",
      description = "only letters of these reasons, as in dead_letters.csv (default: all)")
  private List<String> reasons = List.of();

  @Option(
      names = "--partition",
      paramLabel = "P",
      description = "only letters of this partition (default: all)")
  private @Nullable Integer partition;

  @Option(
      names = "--event-id",
      paramLabel = "ID",
      split = ",",
      description = "only letters of these events (default: all)")
  private List<Long> eventIds = List.of();

  @Option(names = "--dry-run", description = "say what would go round again, and change nothing")
  private boolean dryRun;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    Set<Reason> chosen = reasons.stream().map(RedriveCommand::named).collect(Collectors.toSet());
    PrintWriter out = spec.commandLine().getOut();
    try (EventLog log = redis.openExisting()) {
      Redrive redrive =
          new Redrive(
              log,
              new RedriveChoice(
                  chosen, new HashSet<>(eventIds), RedisOptions.partitionOf(log, partition)),
              dryRun);
      try {
        redrive.run();
      } finally {
        // Also of a redrive that was stopped: what went round stays so.
        out.print(json ? Json.pretty(redrive.tally().report()) + "\n" : redrive.tally().toTable());
        out.flush();
      }
      if (!redrive.idsNotFound().isEmpty()) {
        spec.commandLine()
            .getErr()
            .println(
                "icecube: --event-id: "
                    + redrive.idsNotFound()
                    + " (expected: events with a dead letter); predicted, in flight, or never"
                    + " emitted");
      }
      return ExitCode.OK.code();
    }
  }

  private static Reason named(String name) {
    String wanted = name.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    Optional<Reason> reason =
        Arrays.stream(Reason.values())
            .filter(each -> each != Reason.UNRECOGNIZED && Reasons.nameOf(each).equals(wanted))
            .findFirst();
    return reason.orElseThrow(
        () ->
            new SettingException(
                "--reason: " + name + " (expected: " + String.join(", ", deadly()) + ")"));
  }

  /** The reasons that letters can have. */
  private static Set<String> deadly() {
    return Arrays.stream(Reason.values())
        .filter(reason -> Reasons.kindOf(reason) == ReasonKind.CALLER_EVENT)
        .map(Reasons::nameOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
