// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** Writes {@code submission.csv} as the competition takes it: event_id,azimuth,zenith. */
public final class SubmissionWriter {
  private SubmissionWriter() {}

  /**
   * Writes all rows; they must stand in the order of their event ids, each id once.
   *
   * @throws DatasetException if the place cannot be written
   * @throws IllegalArgumentException if the rows are not sorted
   */
  public static void write(Path file, List<PredictionRow> rows) {
    writeAll(
        file,
        rows.stream()
            .map(row -> new SubmissionReader.Row(row.eventId(), row.azimuthRad(), row.zenithRad()))
            .iterator());
  }

  /** The same of rows that come one by one and are not held. */
  public static void writeAll(Path file, Iterator<SubmissionReader.Row> rows) {
    WholeFile.write(file, out -> writeRows(out, rows));
  }

  private static void writeRows(Writer out, Iterator<SubmissionReader.Row> rows)
      throws IOException {
    out.write("event_id,azimuth,zenith\n");
    SubmissionReader.Row previous = null;
    while (rows.hasNext()) {
      SubmissionReader.Row row = rows.next();
      if (previous != null && row.eventId() <= previous.eventId()) {
        throw new IllegalArgumentException(
            "event_id: " + row.eventId() + " after " + previous.eventId() + " (expected: rising)");
      }
      previous = row;
      out.write(row.eventId() + "," + row.azimuthRad() + "," + row.zenithRad() + "\n");
    }
  }
}
