// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.physics.FeatureBuilder;
import icecube.physics.FeatureTable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes training tensors: the features of events as a model server would make them, and truth. */
@Command(
    name = "prepare",
    description =
        "Write training tensors of a data set: features/batch_N.parquet with the very bytes that a"
            + " model is given when it serves, and the truth where it is known. Run again, it goes"
            + " on with the batches that are not there yet.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./icecube prepare --input out/simulated --output out/prepared",
      "  ./icecube prepare --input kaggle/train --output prepared --row-count-max 192"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class PrepareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private GeometryOption geometry;

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
      description = "folder to write features/ to")
  private Path output;

  @Option(
      names = "--row-count-max",
      paramLabel = "N",
      defaultValue = "" + FeatureBuilder.ROW_COUNT_MAX,
      description = "rows an event may have; the rest is left out (default: ${DEFAULT-VALUE})")
  private int rowCountMax;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "batches to write at a time, 0 for one per core (default: ${DEFAULT-VALUE})")
  private int threads;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "read the first N events only, batch by batch (default: all)")
  private @Nullable Long events;

  @Option(names = "--json", description = "one JSON object on standard output, for scripts")
  private boolean json;

  /** What a person or a script is told at the end. */
  private record Summary(
      long events,
      long written,
      long rows,
      long withTruth,
      Map<String, Long> leftOut,
      int batches,
      int batchesBefore,
      int featureVersion,
      String geometry,
      int rowCountMax,
      long sizeBytes,
      double seconds,
      double eventsPerSecond) {}

  @Override
  public Integer call() throws InterruptedException {
    if (events != null && events < 1) {
      throw new SettingException("--events: " + events + " (expected: at least 1)");
    }
    Preparation preparation =
        Preparation.of(
            input,
            output,
            geometry.named(),
            rowCountMax,
            BatchWork.threads(threads),
            events == null ? Long.MAX_VALUE : events);
    long startNanos = System.nanoTime();
    Preparation.Result result = run(preparation);
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    print(summary(preparation, result, seconds));
    return ExitCode.OK.code();
  }

  @SuppressWarnings("try") // the lock is held, not asked
  private Preparation.Result run(Preparation preparation) throws InterruptedException {
    try (OutputLock lock = OutputLock.create(output);
        ProgressLine progress = ProgressLine.open("preparing", preparation.eventCountHint())) {
      return preparation.run(progress);
    }
  }

  private Summary summary(Preparation preparation, Preparation.Result result, double seconds) {
    EventTally tally = result.tally();
    return new Summary(
        tally.read(),
        tally.written(),
        tally.rows(),
        tally.withTruth(),
        tally.leftOut(),
        result.batches(),
        result.batchesBefore(),
        FeatureTable.VERSION,
        preparation.geometry().toString(),
        rowCountMax,
        result.sizeBytes(),
        seconds,
        (tally.read() - result.eventsBefore()) / seconds);
  }

  private void print(Summary summary) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(summary));
    } else {
      String leftOut =
          new EventTally(
                  summary.events(),
                  summary.written(),
                  summary.rows(),
                  summary.withTruth(),
                  summary.leftOut())
              .leftOutWords();
      out.print(
          String.format(
              Locale.ROOT,
              "prepared %,d events, %,d rows in %s%n"
                  + "  batches              %,d (%,d written before)%n"
                  + "  with truth           %,d%n"
                  + "  left out             %s%n"
                  + "  features             version %d, %s, at most %,d rows an event%n"
                  + "  size                 %s%n"
                  + "  rate                 %,.0f events/s over %.2f s%n",
              summary.written(),
              summary.rows(),
              output.resolve("features"),
              summary.batches(),
              summary.batchesBefore(),
              summary.withTruth(),
              leftOut,
              summary.featureVersion(),
              summary.geometry(),
              summary.rowCountMax(),
              Words.bytes(summary.sizeBytes()),
              summary.eventsPerSecond(),
              summary.seconds()));
    }
    out.flush();
  }
}
