// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.physics.DetectorGeometry;
import icecube.simulator.Calibration;
import icecube.simulator.SimulationSettings;
import icecube.simulator.Simulator;
import icecube.simulator.TriggerTimes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes simulated events as a Kaggle-format data set, or compares them with recorded ones. */
@Command(
    name = "simulate",
    description = "Write simulated events as Kaggle-format files; the same seed, the same bytes.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  ./icecube simulate --events 20000 --seed 1 --output out/simulated",
      "  ./icecube simulate --calibration --events 100000"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class SimulateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GeometryOption geometry;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "" + SourceOptions.EVENTS,
      description = "events to simulate (default: ${DEFAULT-VALUE})")
  private long events;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "seed of the simulation (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "out/simulated",
      description =
          "folder to write train/, train_meta.parquet and sensor_geometry.csv to"
              + " (default: ${DEFAULT-VALUE})")
  private Path output;

  @Option(
      names = "--batch-events",
      paramLabel = "N",
      defaultValue = "200000",
      description = "events in one batch file (default: ${DEFAULT-VALUE})")
  private int batchEvents;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "threads to simulate with, 0 for all cores (default: ${DEFAULT-VALUE})")
  private int threads;

  @Option(
      names = "--trigger-rate",
      paramLabel = "EVENTS/S",
      defaultValue = "" + TriggerTimes.RATE_HZ,
      description =
          "rate of the trigger times in train_meta.parquet, for --replay (default:"
              + " ${DEFAULT-VALUE})")
  private double triggerRate;

  @Option(
      names = "--calibration",
      description =
          "write nothing; compare the events with recorded ones, exit code 6 if one of the limits"
              + " is not kept")
  private boolean calibration;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    requireAtLeastOne("--events", events);
    if (calibration) {
      return calibrate();
    }
    if (json) {
      throw new SettingException("--json: without --calibration (expected: both)");
    }
    requireAtLeastOne("--batch-events", batchEvents);
    if (!(triggerRate > 0 && triggerRate <= TriggerTimes.RATE_MAX_HZ)) {
      throw new SettingException(
          "--trigger-rate: "
              + triggerRate
              + " (expected: above 0, at most "
              + TriggerTimes.RATE_MAX_HZ
              + ")");
    }
    DetectorGeometry detector = geometry.orBuiltIn();
    SimulatedFiles files =
        new SimulatedFiles(
            seed, detector, batchEvents, triggerRate, SimulatedFiles.threads(threads));
    long pulses = files.write(output, events);
    spec.commandLine()
        .getOut()
        .printf("simulated %,d events, %,d pulses (seed %d) in %s%n", events, pulses, seed, output);
    return ExitCode.OK.code();
  }

  /** Flags of files have no meaning where none is written. */
  private void requireNoFiles() {
    for (String flag : List.of("--output", "--batch-events", "--trigger-rate")) {
      if (spec.commandLine().getParseResult().hasMatchedOption(flag)) {
        throw new SettingException(
            flag + ": with --calibration, which writes no files (expected: one of the two)");
      }
    }
  }

  private int calibrate() {
    requireNoFiles();
    if (events > Calibration.EVENT_COUNT_MAX) {
      throw new SettingException(
          "--events: " + events + " (expected: at most " + Calibration.EVENT_COUNT_MAX + ")");
    }
    Simulator simulator = new Simulator(SimulationSettings.of(seed), geometry.orBuiltIn());
    Calibration result =
        Calibration.of(simulator, Math.toIntExact(events), SimulatedFiles.threads(threads));
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(CalibrationView.of(result)) + "\n" : result.toTable());
    out.flush();
    return (result.holds() ? ExitCode.OK : ExitCode.DEVIATES).code();
  }

  private static void requireAtLeastOne(String flag, long value) {
    if (value < 1) {
      throw new SettingException(flag + ": " + value + " (expected: at least 1)");
    }
  }
}
