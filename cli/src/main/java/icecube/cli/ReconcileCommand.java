// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.stream.EventLog;
import icecube.stream.Reconciliation;
import icecube.stream.RedisEventLog;
import icecube.stream.RedisSettings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the accounts of a stream with what it published, event by event. */
@Command(
    name = "reconcile",
    description = "Check that every event emitted was published exactly once.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./icecube reconcile --redis redis://127.0.0.1:6379 --stream icecube --json")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ReconcileCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RedisOptions redis;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  /** What {@code --json} prints. */
  record Balance(
      long emitted,
      long predicted,
      long deadLettered,
      long inFlight,
      long duplicates,
      long missing) {}

  @Override
  public Integer call() {
    RedisSettings settings = redis.settings();
    try (EventLog log = RedisEventLog.connect(settings)) {
      Reconciliation reconciliation = Reconciliation.of(log);
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? Json.pretty(balance(reconciliation)) + "\n" : reconciliation.toTable());
      out.flush();
      if (reconciliation.emitted() == 0 && !reconciliation.isFinished()) {
        spec.commandLine()
            .getErr()
            .println("icecube: stream: " + settings.stream() + " (expected: one with events)");
      }
      return (reconciliation.isComplete() ? ExitCode.OK : ExitCode.UNBALANCED).code();
    }
  }

  private static Balance balance(Reconciliation of) {
    return new Balance(
        of.emitted(),
        of.predicted(),
        of.deadLettered(),
        of.inFlight(),
        of.duplicates(),
        of.missing());
  }
}
