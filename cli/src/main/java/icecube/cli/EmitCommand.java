// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.chassis.Beat;
import icecube.emitter.DatasetSource;
import icecube.emitter.EmissionSummary;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.emitter.EventSource;
import icecube.emitter.SimulatedSource;
import icecube.proto.Reasons;
import icecube.stream.EventLog;
import icecube.stream.RedisEventLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Puts events into the stream and stays until every one of them is published. */
@Command(
    name = "emit",
    description =
        "Put events into the stream; stay until each is predicted or dead-lettered, and re-emit"
            + " what Redis lost.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube emit --redis redis://127.0.0.1:6379 --events 5000 --seed 1",
      "  ./icecube emit --input kaggle/train/batch_1.parquet kaggle/train/batch_2.parquet",
      "  ./icecube emit --input out/simulated --replay 10 --compress"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class EmitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServiceOptions service;
  @Mixin private RedisOptions redis;
  @Mixin private SourceOptions source;

  @Mixin private EmissionOptions emission;

  @Override
  public Integer call() throws InterruptedException {
    EventSource events = open(source);
    EmitterSettings settings = emission.settingsFor(events);
    try (ServiceHost host =
        new ServiceHost("emitter", service, emission.traces(), spec.commandLine().getOut())) {
      EventLog log = host.add(RedisEventLog.connect(redis.settings()));
      Emitter emitter = new Emitter(events, log, settings, host.telemetry());
      host.announce("", () -> Beat.serving(0), () -> true);
      EmissionSummary summary = emitter.run();
      spec.commandLine()
          .getOut()
          .printf(
              "emitter %s: %,d events in %,d entries, %s, %.2f s%n",
              summary.outcome(),
              summary.events(),
              summary.entries(),
              refusals(summary),
              summary.duration().toMillis() / 1e3);
      return (summary.isComplete() ? ExitCode.OK : ExitCode.UNBALANCED).code();
    }
  }

  /** For example {@code 3 refused (2 SENSOR_UNKNOWN, 1 EVENT_EMPTY)}. */
  static String refusals(EmissionSummary summary) {
    String refused = "%,d refused".formatted(summary.rejected());
    if (summary.rejections().isEmpty()) {
      return refused;
    }
    return summary.rejections().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> "%,d %s".formatted(entry.getValue(), Reasons.nameOf(entry.getKey())))
        .collect(Collectors.joining(", ", refused + " (", ")"));
  }

  /** The source that the flags name. */
  static EventSource open(SourceOptions source) {
    List<Path> inputs = source.inputs();
    return inputs.isEmpty()
        ? SimulatedSource.of(
            source.seed(),
            source.events(),
            source.geometry().orBuiltIn(),
            Runtime.getRuntime().availableProcessors())
        : DatasetSource.open(inputs, source.geometry().named());
  }
}
