// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.BatchWriter;
import icecube.dataset.GeometryCsv;
import icecube.dataset.MetaRow;
import icecube.dataset.MetaWriter;
import icecube.physics.DetectorGeometry;
import icecube.simulator.SimulatedEvent;
import icecube.simulator.SimulatedEvents;
import icecube.simulator.SimulationSettings;
import icecube.simulator.Simulator;
import java.nio.file.Path;

/**
 * Simulated events as a Kaggle data set: {@code train/batch_N.parquet}, {@code train_meta.parquet},
 * {@code sensor_geometry.csv}. The bytes depend on seed, event count, batch size and detector only.
 */
final class SimulatedFiles {
  /** Events in one batch, as Kaggle's. */
  static final int BATCH_EVENTS = 200_000;

  private final Simulator simulator;
  private final DetectorGeometry geometry;
  private final int batchEvents;
  private final int threads;

  SimulatedFiles(long seed, DetectorGeometry geometry, int batchEvents, int threads) {
    this.simulator = new Simulator(SimulationSettings.of(seed), geometry);
    this.geometry = geometry;
    this.batchEvents = batchEvents;
    this.threads = threads;
  }

  /** As many threads as asked for; 0 means one per core. */
  static int threads(int asked) {
    if (asked < 0) {
      throw new SettingException("--threads: " + asked + " (expected: at least 0)");
    }
    return asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
  }

  /** Writes {@code events} events and returns how many pulses they have. */
  long write(Path folder, long events) throws InterruptedException {
    long pulses = 0;
    GeometryCsv.write(folder.resolve("sensor_geometry.csv"), geometry);
    try (MetaWriter meta = MetaWriter.create(folder.resolve("train_meta.parquet"));
        SimulatedEvents source = SimulatedEvents.open(simulator, 0, events, threads);
        ProgressLine progress = ProgressLine.open("simulating", events)) {
      for (long first = 0; first < events; first += batchEvents) {
        int batch = Math.toIntExact(first / batchEvents + 1);
        long count = Math.min(batchEvents, events - first);
        Path file = folder.resolve("train").resolve("batch_" + batch + ".parquet");
        pulses += writeBatch(file, batch, count, source, meta, progress, first);
      }
    }
    return pulses;
  }

  private static long writeBatch(
      Path file,
      int batch,
      long count,
      SimulatedEvents source,
      MetaWriter meta,
      ProgressLine progress,
      long done)
      throws InterruptedException {
    long row = 0;
    try (BatchWriter writer = BatchWriter.create(file)) {
      for (long i = 0; i < count; i++) {
        SimulatedEvent simulated = source.next();
        if (simulated == null) {
          throw new IllegalStateException("simulated events: " + i + " (expected: " + count + ")");
        }
        int pulses = simulated.event().pulses().count();
        writer.write(simulated.event());
        meta.write(
            new MetaRow(batch, simulated.event().id(), row, row + pulses - 1, simulated.truth()));
        row += pulses;
        progress.at(done + i + 1);
      }
    }
    return row;
  }
}
