// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.emitter.DatasetSource;
import icecube.emitter.EventCursor;
import icecube.emitter.SourceEvent;
import icecube.evaluation.Evaluation;
import icecube.evaluation.Evaluator;
import icecube.evaluation.EventTruth;
import icecube.evaluation.PredictionTable;
import icecube.evaluation.ReportFolder;
import icecube.evaluation.RobustnessTable;
import icecube.evaluation.TextTables;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares predictions with the truth of a data set, beside the line fits as reference. */
@Command(
    name = "evaluate",
    description =
        "How good predictions are: angular error by energy, topology, zenith and pulses, beside the"
            + " line fits on the same events, and how honest their kappa and radii.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  ./icecube evaluate --input out/simulated --predictions out/predictions.parquet \\",
      "    --report out/report --robustness line-fit"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private PredictionOptions predictions;
  @Mixin private RobustnessOptions robustness;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      arity = "1..*",
      required = true,
      description = "folders of Kaggle files with train_meta, or batch files; may be repeated")
  private List<Path> inputs;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "folder to write report.html and each plot as SVG and PNG to")
  private @Nullable Path report;

  @Override
  public Integer call() {
    Map<String, Path> files = predictions.files();
    if (files.isEmpty()) {
      throw new SettingException(
          "--predictions: none (expected: --predictions [NAME=]FILE or --submission FILE)");
    }
    robustness.requireSound();
    DatasetSource source = DatasetSource.open(inputs, Optional.empty());
    // First, as it finds out soonest that a model is not there.
    List<RobustnessTable> disturbed = robustness.run(source);
    Evaluation evaluation =
        evaluate(source, PredictionOptions.read(files)).withRobustness(disturbed);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(evaluation) + "\n" : TextTables.of(evaluation));
    out.flush();
    if (report != null) {
      write(report, evaluation);
    }
    return ExitCode.OK.code();
  }

  private static Evaluation evaluate(DatasetSource source, List<PredictionTable> tables) {
    Evaluator evaluator = new Evaluator(tables, source.geometry());
    long count = 0;
    try (EventCursor cursor = source.open();
        ProgressLine progress = ProgressLine.open("evaluating", -1)) {
      for (SourceEvent next = cursor.next(); next != null; next = cursor.next()) {
        evaluator.add(next.event(), truthOf(next));
        progress.at(++count);
      }
    }
    return evaluator.evaluate();
  }

  private static @Nullable EventTruth truthOf(SourceEvent event) {
    return event.truth() == null
        ? null
        : new EventTruth(
            event.truth(), event.energyGev(), event.isTrack(), event.event().pulses().count());
  }

  /** What was written is told where JSON does not stand. */
  private void write(Path folder, Evaluation evaluation) {
    ReportFolder.Written written = ReportFolder.write(folder, evaluation);
    PrintWriter err = spec.commandLine().getErr();
    if (!json) {
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          "  wrote %s and %d plots%n", written.files().get(0), (written.files().size() - 1) / 2);
      out.flush();
    }
    if (!written.warning().isEmpty()) {
      err.println("icecube: " + written.warning());
    }
  }
}
