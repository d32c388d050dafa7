// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.FolderBatches;
import icecube.dataset.GeometryCsv;
import icecube.dataset.KaggleFolder;
import icecube.modelserver.LocalModel;
import icecube.physics.DetectorGeometry;
import icecube.physics.IceCube86;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers a whole data set by one model in this process: no Redis, no port. */
@Command(
    name = "score",
    description =
        "Predict every event of a data set in this process, without Redis or a network, and write"
            + " predictions/batch_N.parquet and a submission.csv that Kaggle takes. Run again, it"
            + " goes on with the batches that are not there yet.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube score --input out/simulated --model line-fit --output out/scored",
      "  ./icecube score --input kaggle/test --output out/test"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ScoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GeometryOption geometry;
  @Mixin private ModelChoice model;

  @Option(
      names = "--input",
      paramLabel = "DIR",
      required = true,
      description = "folder of Kaggle files, real or simulated")
  private Path input;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      required = true,
      description = "folder to write predictions/, rejected/ and submission.csv to")
  private Path output;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "workers that ask the model, 0 for one per core (default: ${DEFAULT-VALUE})")
  private int threads;

  @Option(names = "--no-submission", description = "write no submission.csv")
  private boolean noSubmission;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  /** What a person or a script is told at the end. */
  private record Summary(
      long events,
      long predicted,
      Map<String, Long> rejected,
      int batches,
      int batchesBefore,
      String model,
      @Nullable Double meanAngularErrorRad,
      long submissionRows,
      long duplicates,
      double seconds,
      double eventsPerSecond,
      @Nullable Long peakMemoryBytes) {}

  @Override
  public Integer call() throws InterruptedException {
    int workers = BatchWork.threads(threads);
    String name = model.name();
    KaggleFolder folder = KaggleFolder.open(input);
    DetectorGeometry detector =
        geometry
            .named()
            .orElseGet(
                () -> folder.geometryFile().map(GeometryCsv::read).orElseGet(IceCube86::geometry));
    try (LocalModel local =
        LocalModel.open(model.origins(), name, detector, workers, model.device())) {
      String label = local.name() + "/" + local.version();
      Scoring scoring =
          new Scoring(
              FolderBatches.of(folder),
              detector,
              (label + " " + local.sha256()).strip(),
              local::predict,
              output,
              workers);
      Summary summary = score(scoring, label);
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? Json.pretty(summary) + "\n" : table(summary));
      out.flush();
    }
    return ExitCode.OK.code();
  }

  @SuppressWarnings("try") // the lock is held, not asked
  private Summary score(Scoring scoring, String label) throws InterruptedException {
    long startNanos = System.nanoTime();
    try (OutputLock lock = OutputLock.create(output);
        ProgressLine progress = ProgressLine.open("scoring", scoring.eventCountHint())) {
      Scoring.Result result = scoring.run(progress);
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      Submission.Counts counts =
          noSubmission
              ? new Submission.Counts(0, 0)
              : Submission.write(
                  output.resolve("submission.csv"), scoring, SubmissionSort.RUN_ROWS_MAX);
      OptionalLong peak = PeakMemory.bytes();
      return new Summary(
          result.tally().read(),
          result.tally().written(),
          result.tally().leftOut(),
          result.batches(),
          result.batchesBefore(),
          label,
          result.meanAngularErrorRad().orElse(null),
          counts.rows(),
          counts.duplicates(),
          seconds,
          (result.tally().read() - result.eventsBefore()) / seconds,
          peak.isPresent() ? (Long) peak.getAsLong() : null);
    }
  }

  private String table(Summary summary) {
    String rejected =
        new EventTally(summary.events(), summary.predicted(), 0, 0, summary.rejected())
            .leftOutWords();
    return String.format(
            Locale.ROOT,
            "scored %,d events by %s%n"
                + "  predicted            %,d%n"
                + "  rejected             %s%n"
                + "  batches              %,d (%,d written before)%n"
                + "  mean angular error   %s%n"
                + "  rate                 %,.0f events/s over %.2f s%n"
                + "  peak memory          %s%n"
                + "  wrote %s%n",
            summary.events(),
            summary.model(),
            summary.predicted(),
            rejected,
            summary.batches(),
            summary.batchesBefore(),
            Optional.ofNullable(summary.meanAngularErrorRad())
                .map(rad -> String.format(Locale.ROOT, "%.4f rad", rad))
                .orElse("no truth known"),
            summary.eventsPerSecond(),
            summary.seconds(),
            Optional.ofNullable(summary.peakMemoryBytes()).map(Words::bytes).orElse("not known"),
            output.resolve("predictions"))
        + submissionWords(summary);
  }

  private String submissionWords(Summary summary) {
    return noSubmission
        ? ""
        : String.format(
            Locale.ROOT,
            "  wrote %s (%,d rows, %,d duplicate ids left out)%n",
            output.resolve("submission.csv"),
            summary.submissionRows(),
            summary.duplicates());
  }
}
