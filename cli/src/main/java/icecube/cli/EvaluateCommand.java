// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores a submission against the truth of a data set, beside the line fits as reference. */
@Command(
    name = "evaluate",
    description =
        "Score a submission: mean angular error in Kaggle's form, beside the plain and the improved"
            + " line fit on the same events.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  ./icecube evaluate --input out/simulated --submission out/submission.csv")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--input",
      paramLabel = "DIR",
      required = true,
      description = "folder of Kaggle files with train_meta")
  private Path input;

  @Option(
      names = "--submission",
      paramLabel = "FILE",
      required = true,
      description = "event_id,azimuth,zenith")
  private Path submission;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  @Override
  public Integer call() {
    Evaluation evaluation = Evaluation.of(input, submission);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? Json.pretty(evaluation) + "\n" : evaluation.toTable());
    out.flush();
    return ExitCode.OK.code();
  }
}
