// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code submission.csv}: event_id, azimuth, zenith. Holds one row. */
public final class SubmissionReader implements AutoCloseable {
  private static final List<String> COLUMNS = List.of("event_id", "azimuth", "zenith");

  private final Path file;
  private final CsvTable table;
  private final int[] column;

  /**
   * One row.
   *
   * @param eventId the event
   * @param azimuthRad any finite angle, rad
   * @param zenithRad any finite angle, rad
   */
  public record Row(long eventId, double azimuthRad, double zenithRad) {}

  private SubmissionReader(Path file, CsvTable table) {
    this.file = file;
    this.table = table;
    this.column = COLUMNS.stream().mapToInt(table::indexOf).toArray();
  }

  /**
   * Opens a submission.
   *
   * @throws DatasetException if it is missing, or lacks a column
   */
  public static SubmissionReader open(Path file) {
    return new SubmissionReader(file, CsvTable.open(file, COLUMNS));
  }

  /**
   * The next row, or null after the last.
   *
   * @throws DatasetException if an angle is not finite, which the competition refuses, too
   */
  public @Nullable Row next() {
    if (!table.next()) {
      return null;
    }
    Row row = new Row(table.integer(column[0]), table.number(column[1]), table.number(column[2]));
    if (!Double.isFinite(row.azimuthRad) || !Double.isFinite(row.zenithRad)) {
      throw DatasetException.input(file + ": " + row + " (expected: finite angles)", null);
    }
    return row;
  }

  @Override
  public void close() {
    table.close();
  }
}
