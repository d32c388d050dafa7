// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.stream.EventLog;
import icecube.stream.EventLogException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what stands in a stream, who holds it, and what is wrong. */
@Command(
    name = "inspect",
    description =
        "Show entries, groups, pending, lag and ages of a stream, its consumers and its account,"
            + " and name the problems it sees. Reads only.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube inspect --redis redis://127.0.0.1:6379 --stream icecube",
      "  ./icecube inspect --partition 1 --watch 2"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RedisOptions redis;

  @Option(
      names = "--partition",
      paramLabel = "P",
      description = "only this partition (default: all)")
  private @Nullable Integer partition;

  @Option(
      names = "--watch",
      paramLabel = "SECONDS",
      description = "show it again every so many seconds, until Ctrl-C (default: once)")
  private @Nullable Double watchSeconds;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (watchSeconds != null && !(watchSeconds >= 0.1 && watchSeconds <= 86_400)) {
      throw new SettingException("--watch: " + watchSeconds + " (expected: 0.1..86400 seconds)");
    }
    try (EventLog log = redis.openExisting()) {
      OptionalInt only = RedisOptions.partitionOf(log, partition);
      if (watchSeconds == null) {
        print(read(log, only));
        return ExitCode.OK.code();
      }
      return watch(log, only, (long) (watchSeconds * 1e3));
    }
  }

  private StreamView read(EventLog log, OptionalInt only) {
    return StreamView.read(log, redis.settings().stream(), redis.settings().maskedUri(), only);
  }

  /** Goes on while Redis is away, since that is when somebody looks. */
  private int watch(EventLog log, OptionalInt only, long millis) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    PrintWriter out = spec.commandLine().getOut();
    do {
      if (!json) {
        out.println("--- " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
      }
      try {
        print(read(log, only));
      } catch (EventLogException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        spec.commandLine().getErr().println("icecube: " + e.getMessage());
      }
    } while (!never.await(millis, TimeUnit.MILLISECONDS));
    return ExitCode.OK.code();
  }

  private void print(StreamView view) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(view) + "\n" : view.toTable());
    out.flush();
  }
}
