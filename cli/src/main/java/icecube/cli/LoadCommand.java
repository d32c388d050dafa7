// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.load.Caller;
import icecube.load.Callers;
import icecube.load.Connections;
import icecube.load.LoadClock;
import icecube.load.LoadResult;
import icecube.load.LoadRun;
import icecube.load.Pace;
import icecube.load.Protocol;
import icecube.load.ServerCounters;
import icecube.load.Window;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts load on a model server, ours or another's, and shows what it made of it. */
@Command(
    name = "load",
    description =
        "Put load on a model server and show throughput, latency and failures. Asks any server of"
            + " the Open Inference Protocol v2, whatever its model's inputs are.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube load --target 127.0.0.1:8470 --model line-fit --items 64",
      "  ./icecube load --target 127.0.0.1:8470 --model line-fit --rate 200 --json"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LoadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private LoadTargetOptions target;
  @Mixin private LoadPaceOptions pace;
  @Mixin private LoadRequestOptions request;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  @Option(names = "--csv", description = "a line of names and a line of values, for spreadsheets")
  private boolean csv;

  @Override
  public Integer call() throws InterruptedException {
    if (json && csv) {
      throw new SettingException("--json with --csv (expected: one of the two)");
    }
    Pace when = pace.pace();
    Window window = pace.window();
    var shape = request.shape();
    Duration timeout = pace.timeout();
    Protocol protocol = target.protocol();
    try (Connections connections = target.connect();
        Caller caller =
            Callers.open(
                connections.channels(),
                protocol,
                target.model(),
                target.version(),
                shape,
                timeout)) {
      ServerCounters counters =
          ServerCounters.modelStatistics(
              connections.channels().get(0), target.model(), target.version());
      LoadResult result =
          LoadRun.run(
              caller,
              SettingException.checked(
                  () -> new LoadRun.Settings(when, window, timeout, shape.seed())),
              LoadClock.SYSTEM,
              counters,
              LoadRun.Samples.NONE);
      print(
          LoadReport.of(
              target.target(), target.model(), protocol, pace.words(), shape.itemCount(), result));
      return (result.ok() > 0 ? ExitCode.OK : ExitCode.UNAVAILABLE).code();
    }
  }

  private void print(LoadReport report) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(report) + "\n" : csv ? report.toCsv() : report.toTable());
    out.flush();
  }
}
