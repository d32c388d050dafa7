// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import static java.util.Objects.requireNonNull;

import icecube.dataset.BatchWriter;
import icecube.dataset.GeometryCsv;
import icecube.dataset.MetaRow;
import icecube.dataset.MetaWriter;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.simulator.SimulatedEvent;
import icecube.simulator.SimulatedEvents;
import icecube.simulator.SimulationSettings;
import icecube.simulator.Simulator;
import icecube.simulator.Topology;
import icecube.simulator.TriggerTimes;
import java.nio.file.Path;

/**
 * Simulated events as a Kaggle data set: {@code train/batch_N.parquet}, {@code train_meta.parquet},
 * {@code sensor_geometry.csv}; the meta has trigger times, energies and shapes in columns of their
 * own. The bytes depend on seed, event count, batch size, trigger rate and detector only.
 */
final class SimulatedFiles {
  /** Events in one batch, as Kaggle's. */
  static final int BATCH_EVENTS = 200_000;

  private final Simulator simulator;
  private final DetectorGeometry geometry;
  private final int batchEvents;
  private final double triggerRateHz;
  private final int threads;

  SimulatedFiles(
      long seed, DetectorGeometry geometry, int batchEvents, double triggerRateHz, int threads) {
    this.simulator = new Simulator(SimulationSettings.of(seed), geometry);
    this.geometry = geometry;
    this.batchEvents = batchEvents;
    this.triggerRateHz = triggerRateHz;
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
    GeometryCsv.write(folder.resolve("sensor_geometry.csv"), geometry);
    long pulses = 0;
    TriggerTimes times = TriggerTimes.of(simulator.settings().seed(), triggerRateHz);
    try (MetaWriter meta = MetaWriter.createSimulated(folder.resolve("train_meta.parquet"));
        SimulatedEvents source = SimulatedEvents.open(simulator, 0, events, threads);
        ProgressLine progress = ProgressLine.open("simulating", events)) {
      try {
        for (long first = 0; first < events; first += batchEvents) {
          int id = Math.toIntExact(first / batchEvents + 1);
          Batch batch = new Batch(id, first, Math.min(batchEvents, events - first));
          pulses += batch.write(folder, source, times, meta, progress);
        }
      } catch (RuntimeException | Error | InterruptedException e) {
        meta.abandon();
        throw e;
      }
    }
    return pulses;
  }

  /**
   * One batch file to write.
   *
   * @param id its number, from 1
   * @param firstEvent events in the batches before it
   * @param eventCount events in it
   */
  private record Batch(int id, long firstEvent, long eventCount) {
    /** Writes the file and its rows of the meta; returns the number of pulses. */
    long write(
        Path folder,
        SimulatedEvents source,
        TriggerTimes times,
        MetaWriter meta,
        ProgressLine progress)
        throws InterruptedException {
      Path file = folder.resolve("train").resolve("batch_" + id + ".parquet");
      long row = 0;
      try (BatchWriter writer = BatchWriter.create(file)) {
        try {
          for (long i = 0; i < eventCount; i++) {
            SimulatedEvent simulated = next(source);
            Event event = simulated.event();
            int pulses = event.pulses().count();
            writer.write(event);
            meta.write(
                new MetaRow(
                    id,
                    event.id(),
                    row,
                    row + pulses - 1,
                    simulated.truth(),
                    times.nextNs(),
                    simulated.energyGev(),
                    simulated.topology() == Topology.TRACK));
            row += pulses;
            progress.at(firstEvent + i + 1);
          }
        } catch (RuntimeException | Error | InterruptedException e) {
          writer.abandon();
          throw e;
        }
      }
      return row;
    }

    private static SimulatedEvent next(SimulatedEvents source) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("simulation: interrupted");
      }
      return requireNonNull(source.next(), "simulated event");
    }
  }
}
