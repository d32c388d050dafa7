// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    WholeFile whole = WholeFile.at(file);
    try (BufferedWriter out = Files.newBufferedWriter(whole.part())) {
      out.write("event_id,azimuth,zenith\n");
      long previous = Long.MIN_VALUE;
      for (PredictionRow row : rows) {
        if (row.eventId() <= previous && previous != Long.MIN_VALUE) {
          throw new IllegalArgumentException(
              "event_id: " + row.eventId() + " after " + previous + " (expected: rising)");
        }
        previous = row.eventId();
        out.write(row.eventId() + "," + row.azimuthRad() + "," + row.zenithRad() + "\n");
      }
    } catch (IOException e) {
      throw WholeFile.unwritable(file, e);
    }
    whole.complete();
  }
}
