// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.emitter.DatasetSource;
import icecube.emitter.EmissionSummary;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.emitter.EventSource;
import icecube.emitter.SimulatedSource;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts events into the stream and stays until every one of them is published. */
@Command(
    name = "emit",
    description =
        "Put events into the stream; stay until each is predicted or dead-lettered, and re-emit"
            + " what Redis lost.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./icecube emit --redis redis://127.0.0.1:6379 --events 5000 --seed 1")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class EmitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServiceOptions service;
  @Mixin private RedisOptions redis;
  @Mixin private SourceOptions source;

  @Option(
      names = "--rate",
      paramLabel = "EVENTS/S",
      defaultValue = "0",
      description = "pace of emission, 0 for as fast as possible (default: ${DEFAULT-VALUE})")
  private double rate;

  @Override
  public Integer call() throws InterruptedException {
    EventSource events = open(source);
    try (ServiceHost host = new ServiceHost("emitter", service, spec.commandLine().getOut())) {
      EventLog log = host.add(RedisEventLog.connect(redis.settings()));
      Emitter emitter = new Emitter(events, log, settings(), host.meters());
      host.announce("", () -> Beat.serving(0), () -> true);
      EmissionSummary summary = emitter.run();
      spec.commandLine()
          .getOut()
          .printf(
              "emitter %s: %,d events in %,d entries, %,d refused, %.2f s%n",
              summary.outcome(),
              summary.events(),
              summary.entries(),
              summary.rejected(),
              summary.duration().toMillis() / 1e3);
      return (summary.isComplete() ? ExitCode.OK : ExitCode.UNBALANCED).code();
    }
  }

  private EmitterSettings settings() {
    return SettingException.checked(() -> EmitterSettings.DEFAULT.withEventsPerSecond(rate));
  }

  /** The source that the flags name. */
  static EventSource open(SourceOptions source) {
    return source
        .input()
        .<EventSource>map(input -> DatasetSource.open(input, source.geometry().named()))
        .orElseGet(
            () ->
                SimulatedSource.of(
                    source.seed(),
                    source.events(),
                    source.geometry().orBuiltIn(),
                    Runtime.getRuntime().availableProcessors()));
  }
}
