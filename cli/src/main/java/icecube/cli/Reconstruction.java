// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.PredictionRow;
import icecube.emitter.Emitter;
import icecube.emitter.EmitterSettings;
import icecube.emitter.EventSource;
import icecube.stream.Reconciliation;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One data set through a mesh: emit, follow what is published, write the files, sum up. */
final class Reconstruction {
  /** How often the streams are read while events flow, ms. */
  private static final long COLLECT_MILLIS = 50;

  private Reconstruction() {}

  static RunSummary run(Mesh mesh, EventSource source, EmitterSettings settings, RunOutput files)
      throws InterruptedException {
    Truth truth = new Truth();
    PredictionCollector collector = new PredictionCollector(mesh.log());
    Emitter emitter =
        new Emitter(
            new TruthRecordingSource(source, truth), mesh.log(), settings, mesh.emitterTelemetry());
    long startNanos = System.nanoTime();
    ExecutorService thread =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "run-emitter"));
    try (ProgressLine progress =
        ProgressLine.open("reconstructing", source.eventCount().orElse(-1))) {
      Future<?> emission = thread.submit(emitter::run);
      while (!isDoneWithin(emission, COLLECT_MILLIS)) {
        int collected = collector.collect();
        progress.at(collector.count());
        if (collected == 0) {
          mesh.requireRoom();
        }
      }
      double wallSeconds = (System.nanoTime() - startNanos) / 1e9;
      collector.collect();
      progress.at(collector.count());
      return conclude(mesh, collector, truth, wallSeconds, files);
    } finally {
      thread.shutdownNow();
      thread.awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private static boolean isDoneWithin(Future<?> future, long millis) throws InterruptedException {
    try {
      future.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("emitter: " + e.getCause(), e.getCause());
    }
  }

  private static RunSummary conclude(
      Mesh mesh, PredictionCollector collector, Truth truth, double wallSeconds, RunOutput files) {
    Reconciliation balance = Reconciliation.of(mesh.log());
    List<PredictionRow> rows = collector.rowsByEvent();
    rows.forEach(row -> truth.score(row.eventId(), row.azimuthRad(), row.zenithRad()));
    OptionalDouble error = truth.meanErrorRad();
    PredictionRow any = rows.isEmpty() ? null : rows.get(0);
    RunSummary summary =
        new RunSummary(
            balance.emitted(),
            balance.predicted(),
            balance.deadLettered(),
            balance.inFlight(),
            balance.duplicates(),
            (balance.predicted() + balance.deadLettered()) / wallSeconds,
            wallSeconds,
            collector.latency(),
            error.isPresent() ? error.getAsDouble() : null,
            any == null ? mesh.model() : any.modelName(),
            any == null ? "" : any.modelVersion());
    files.write(rows, collector.deadLetters(), summary);
    return summary;
  }
}
