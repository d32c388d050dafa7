// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.emitter.DatasetSource;
import icecube.emitter.EmitterSettings;
import icecube.physics.DetectorGeometry;
import icecube.physics.IceCube86;
import icecube.simulator.TriggerTimes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole mesh in one process, from files or simulated events to a submission and a balance. */
@Command(
    name = "run",
    description =
        "Start the whole mesh here, reconstruct every event of a data set or of a simulation, write"
            + " submission.csv and predictions.parquet, and check the balance.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube run",
      "  ./icecube run --input kaggle/test --output out/test",
      "  ./icecube run --events 20000 --replay",
      "  ./icecube run --events 1000 --seed 7 --model line-fit-onnx --summary summary.json",
      "  ./icecube run --models my-models --model my-model"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SourceOptions source;
  @Mixin private EmissionOptions emission;

  @Mixin private ModelChoice model;

  @Option(
      names = "--consumers",
      paramLabel = "N",
      defaultValue = "2",
      description = "consumers to start (default: ${DEFAULT-VALUE})")
  private int consumers;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "out",
      description = "folder for what the run writes (default: ${DEFAULT-VALUE})")
  private Path output;

  @Option(names = "--summary", paramLabel = "FILE", description = "write the summary as JSON, too")
  private @Nullable Path summaryFile;

  @Option(names = "--stay", description = "keep the mesh up until Ctrl-C")
  private boolean stay;

  @Override
  public Integer call() throws InterruptedException {
    if (consumers < 1) {
      throw new SettingException("--consumers: " + consumers + " (expected: at least 1)");
    }
    PrintWriter out = spec.commandLine().getOut();
    List<Path> inputs = source.inputs();
    long events = source.events();
    Optional<DetectorGeometry> geometry = source.geometry().named();
    String modelName = model.name();
    try (RunOutput files = RunOutput.prepare(output, Optional.ofNullable(summaryFile))) {
      return run(
          files,
          modelName,
          inputs.isEmpty() ? List.of(simulate(events, geometry, out)) : inputs,
          geometry,
          out);
    }
  }

  private int run(
      RunOutput files,
      String modelName,
      List<Path> inputs,
      Optional<DetectorGeometry> geometry,
      PrintWriter out)
      throws InterruptedException {
    DatasetSource dataset = DatasetSource.open(inputs, geometry);
    EmitterSettings pace = emission.settingsFor(dataset);
    Mesh.Settings settings =
        new Mesh.Settings(
            files.redisFolder(),
            model.origins(),
            modelName,
            model.device(),
            dataset.geometry(),
            consumers,
            emission.traces());
    try (Mesh mesh = Mesh.start(settings)) {
      mesh.describe(out);
      RunSummary summary = Reconstruction.run(mesh, dataset, pace, files);
      out.print(summary.toTable());
      files.describe(out);
      out.flush();
      if (stay) {
        out.println("staying up; Ctrl-C stops");
        out.flush();
        ServiceHost.awaitStop();
      }
      return (summary.isBalanced() ? ExitCode.OK : ExitCode.UNBALANCED).code();
    }
  }

  /** The events of the run become a data set of their own, at hand for evaluate. */
  private Path simulate(long events, Optional<DetectorGeometry> geometry, PrintWriter out)
      throws InterruptedException {
    Path folder = output.resolve("simulated");
    SimulatedFiles files =
        new SimulatedFiles(
            source.seed(),
            geometry.orElseGet(IceCube86::geometry),
            SimulatedFiles.BATCH_EVENTS,
            TriggerTimes.RATE_HZ,
            SimulatedFiles.threads(0));
    long pulses = files.write(folder, events);
    out.printf(
        "simulated %,d events, %,d pulses (seed %d) in %s%n",
        events, pulses, source.seed(), folder);
    return folder;
  }
}
