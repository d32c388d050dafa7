// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.BatchEvents;
import icecube.dataset.FolderBatches;
import icecube.dataset.KaggleFolder.Batch;
import icecube.dataset.PredictionWriter;
import icecube.emitter.DatasetSource;
import icecube.physics.AngularError;
import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.FeatureTable;
import icecube.v1.EventResult;
import icecube.v1.Prediction;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/**
 * A whole data set answered by one model in this process: {@code predictions/batch_N.parquet} for
 * each batch, and {@code rejected/batch_N.csv} for events without a prediction.
 *
 * <p>Batch after batch: this thread reads and writes, the workers ask the model. A batch's files
 * appear when they are whole, the predictions last, so that an interrupted scoring goes on where it
 * ended. Memory does not grow with the number of events.
 */
final class Scoring {
  private static final String ERROR_SUM_KEY = "icecube.error_sum_rad";

  private final FolderBatches batches;
  private final DetectorGeometry geometry;
  private final String model;
  private final Scorer scorer;
  private final BatchFolder predictions;
  private final Path rejected;
  private final int threads;
  private long seen;

  /**
   * What was done.
   *
   * @param tally of all batches
   * @param errorSumRad of the predicted events with truth, Kaggle's form
   * @param batches files that stand in the output
   * @param batchesBefore of these, how many an earlier run had written
   * @param eventsBefore events read for those
   */
  record Result(
      EventTally tally, double errorSumRad, int batches, int batchesBefore, long eventsBefore) {
    /** Mean angular error, rad; empty if no predicted event has a truth. */
    Optional<Double> meanAngularErrorRad() {
      return tally.withTruth() == 0
          ? Optional.empty()
          : Optional.of(errorSumRad / tally.withTruth());
    }
  }

  /**
   * Nothing is read or written yet.
   *
   * @param model name, version and checksum, as the output shall say it
   */
  Scoring(
      FolderBatches batches,
      DetectorGeometry geometry,
      String model,
      Scorer scorer,
      Path output,
      int threads) {
    this.batches = batches;
    this.geometry = geometry;
    this.model = model;
    this.scorer = scorer;
    this.predictions = new BatchFolder(output.resolve("predictions"));
    this.rejected = output.resolve("rejected");
    this.threads = threads;
  }

  /** How many events there are, as far as the meta tells; negative if it does not. */
  long eventCountHint() {
    return batches.listedEventCount().orElse(-1);
  }

  /** Writes what is not there yet. */
  Result run(ProgressLine progress) throws InterruptedException {
    predictions.requireOnly(batches.batches());
    Result result = new Result(EventTally.NONE, 0, 0, 0, 0);
    ExecutorService workers = BatchWork.pool("score", threads);
    try {
      for (Batch batch : batches.batches()) {
        Optional<Map<String, String>> before = predictions.written(batch, madeOf(batch));
        if (before.isPresent()) {
          result = plus(result, before.get(), true);
          seen = result.tally().read();
          progress.at(seen);
        } else {
          result = plus(result, score(batch, workers, progress), false);
        }
      }
    } finally {
      BatchWork.stop(workers, "score");
    }
    return result;
  }

  private static Result plus(Result sum, Map<String, String> notes, boolean isFromBefore) {
    EventTally tally = EventTally.parse(notes.getOrDefault(BatchFolder.TALLY_KEY, ""));
    return new Result(
        sum.tally().plus(tally),
        sum.errorSumRad() + Double.parseDouble(notes.getOrDefault(ERROR_SUM_KEY, "0")),
        sum.batches() + 1,
        sum.batchesBefore() + (isFromBefore ? 1 : 0),
        sum.eventsBefore() + (isFromBefore ? tally.read() : 0));
  }

  /**
   * Changes when the input, the detector, the model, the definition of features or the version of
   * icecube does: a model in Java has no checksum, and what is fed to a graph is code, too.
   */
  private String madeOf(Batch batch) {
    return "%s;%s;%s;features %d, cut %d;%s"
        .formatted(
            DatasetSource.open(batch.file(), Optional.of(geometry)).fingerprint(),
            geometry,
            model,
            FeatureTable.VERSION,
            FeatureTable.CUT_VERSION,
            Main.Version.words());
  }

  private Map<String, String> score(Batch batch, ExecutorService workers, ProgressLine progress)
      throws InterruptedException {
    try (BatchEvents events = batches.open(batch);
        RejectedCsv refusals = new RejectedCsv(rejectedOf(batch));
        PredictionWriter out = PredictionWriter.create(predictions.target(batch))) {
      Answers answers = new Answers(out, refusals);
      ScoringLine line = new ScoringLine(scorer, workers, threads, answers);
      try {
        for (var entry = events.next(); entry != null; entry = events.next()) {
          if (Thread.interrupted()) {
            throw new InterruptedException("scoring: interrupted");
          }
          line.add(entry);
          seen++;
          progress.at(seen);
        }
        line.finish();
        refusals.complete();
        Map<String, String> notes = answers.notes(madeOf(batch));
        notes.forEach(out::note);
        return notes;
      } catch (RuntimeException | Error | InterruptedException e) {
        line.cancel();
        out.abandon();
        throw e;
      }
    }
  }

  /** Where the events of a batch stand that got no prediction; not there if none is. */
  private Path rejectedOf(Batch batch) {
    return rejected.resolve("batch_" + batch.id() + ".csv");
  }

  /** The two files of every batch, in the order of the batches. */
  void eachOutput(OutputVisitor visitor) {
    for (Batch batch : batches.batches()) {
      visitor.visit(predictions.target(batch), rejectedOf(batch));
    }
  }

  /** Who is shown the outputs. */
  interface OutputVisitor {
    void visit(Path predictions, Path rejected);
  }

  /** Writes and counts the answers of one batch. */
  private static final class Answers implements ScoringLine.Sink {
    private final PredictionWriter out;
    private final RejectedCsv refusals;
    private final EventTally.Counter counter = new EventTally.Counter();
    private double errorSumRad;

    Answers(PredictionWriter out, RejectedCsv refusals) {
      this.out = out;
      this.refusals = refusals;
    }

    @Override
    public void take(BatchEvents.Entry entry, EventResult result) {
      if (!result.hasPrediction()) {
        refusals.write(result.getError());
        counter.leftOut(result.getError().getReason());
        return;
      }
      Prediction prediction = result.getPrediction();
      out.write(PredictionRows.of(prediction));
      Direction truth = entry.truth();
      if (truth != null) {
        Direction answer =
            Direction.ofAngles(prediction.getAzimuthRad(), prediction.getZenithRad());
        errorSumRad += AngularError.kaggleRad(truth, answer);
      }
      counter.written(prediction.getPulsesUsed(), truth != null);
    }

    Map<String, String> notes(String madeOf) {
      return Map.of(
          BatchFolder.MADE_OF_KEY,
          madeOf,
          BatchFolder.TALLY_KEY,
          counter.tally().toNote(),
          ERROR_SUM_KEY,
          Double.toString(errorSumRad));
    }
  }
}
