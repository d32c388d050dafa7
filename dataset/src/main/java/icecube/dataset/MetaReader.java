// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Direction;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code train_meta} or {@code test_meta} in file order, Parquet or CSV: all of them,
 * or those of one batch. Truth is read where the file has azimuth and zenith. Holds one block of
 * rows; confined to one thread.
 */
public final class MetaReader implements AutoCloseable {
  private final Path file;
  private final MetaRows rows;
  private final Deque<MetaIndex.Run> runs;
  private final MetaBlock block = new MetaBlock();
  private long runLeft;
  private int at;
  private int count;

  private MetaReader(Path file, List<MetaIndex.Run> runs) {
    this.file = file;
    this.rows = MetaRows.open(file);
    this.runs = new ArrayDeque<>(runs);
  }

  /**
   * Opens a meta file for all its rows.
   *
   * @throws DatasetException if it is missing, damaged, or lacks a column
   */
  public static MetaReader open(Path file) {
    return new MetaReader(file, List.of(new MetaIndex.Run(0, 0, Long.MAX_VALUE)));
  }

  /**
   * Opens a meta file for the rows of one batch. Of a Parquet file that is one pass over the batch
   * ids and the pages in question; of a CSV file two passes over its lines.
   *
   * @throws DatasetException if it is missing, damaged, or lacks a column
   */
  public static MetaReader openBatch(Path file, long batchId) {
    return openRuns(file, MetaIndex.of(file).runsOf(batchId));
  }

  /**
   * Whether a meta file has the column {@value MetaRows#TRIGGER_TIME}.
   *
   * @throws DatasetException if it is missing, damaged, or no meta file
   */
  public static boolean hasTriggerTimes(Path file) {
    try (MetaRows rows = MetaRows.open(file)) {
      return rows.hasTriggerTimes();
    }
  }

  static MetaReader openRuns(Path file, List<MetaIndex.Run> runs) {
    return new MetaReader(file, runs);
  }

  /**
   * The next row, or null after the last.
   *
   * @throws DatasetException if the file turns out to be damaged here, an angle is not finite, or
   *     an energy not above 0
   */
  public @Nullable MetaRow next() {
    while (at == count) {
      if (!fill()) {
        return null;
      }
    }
    int row = at++;
    return new MetaRow(
        block.batchId[row],
        block.eventId[row],
        block.firstPulseIndex[row],
        block.lastPulseIndex[row],
        rows.hasTruth() ? truth(row) : null,
        rows.hasTriggerTimes() ? block.triggerTimeNs[row] : null,
        rows.hasEnergies() ? energyGev(row) : null,
        rows.hasShapes() ? block.track[row] != 0 : null);
  }

  private boolean fill() {
    at = 0;
    count = 0;
    if (runLeft == 0) {
      MetaIndex.Run run = runs.poll();
      if (run == null) {
        return false;
      }
      rows.seek(run.from());
      runLeft = run.to() - run.from();
    }
    count = rows.read(block, (int) Math.min(MetaBlock.ROW_COUNT_MAX, runLeft));
    runLeft -= count;
    return count > 0;
  }

  private Direction truth(int row) {
    double azimuthRad = block.azimuthRad[row];
    double zenithRad = block.zenithRad[row];
    if (!Double.isFinite(azimuthRad) || !Double.isFinite(zenithRad)) {
      throw DatasetException.input(
          "%s: event %d: azimuth %s, zenith %s (expected: finite rad); leave both columns out where"
                  .formatted(file, block.eventId[row], azimuthRad, zenithRad)
              + " the truth is not known",
          null);
    }
    return Direction.ofAngles(azimuthRad, zenithRad);
  }

  private double energyGev(int row) {
    double energyGev = block.energyGev[row];
    if (!(energyGev > 0 && energyGev < Double.POSITIVE_INFINITY)) {
      throw DatasetException.input(
          "%s: event %d: energy_gev %s (expected: > 0 and finite); leave the column out where the"
                  .formatted(file, block.eventId[row], energyGev)
              + " energy is not known",
          null);
    }
    return energyGev;
  }

  @Override
  public void close() {
    rows.close();
  }
}
