// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.PredictionReader;
import icecube.dataset.PredictionRow;
import icecube.dataset.SubmissionReader.Row;
import icecube.dataset.SubmissionWriter;
import icecube.physics.Direction;
import java.nio.file.Path;

/**
 * The submission of a scoring, as the competition takes it: {@code event_id,azimuth,zenith}, by
 * event id, every event of the input once. It takes all or nothing, so an event without a
 * prediction stands there with the answer to no direction, zenith π/2 and azimuth 0.
 */
final class Submission {
  private Submission() {}

  /**
   * What stands there.
   *
   * @param rows events
   * @param duplicates answers left out because their event id stands there already
   */
  record Counts(long rows, long duplicates) {}

  /** Writes the file whole from the outputs of {@code scoring}, or leaves nothing. */
  static Counts write(Path file, Scoring scoring, int runRowsMax) {
    long[] added = {0};
    try (SubmissionSort sort = new SubmissionSort(parentOf(file), runRowsMax)) {
      scoring.eachOutput(
          (predictions, rejected) -> {
            added[0] += addPredictions(predictions, sort);
            added[0] += addRejected(rejected, sort);
          });
      SubmissionWriter.writeAll(file, sort.sorted());
      return new Counts(added[0] - sort.duplicates(), sort.duplicates());
    }
  }

  private static Path parentOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of("") : parent;
  }

  private static long addPredictions(Path file, SubmissionSort sort) {
    long count = 0;
    try (PredictionReader reader = PredictionReader.open(file)) {
      for (PredictionRow row = reader.next(); row != null; row = reader.next()) {
        sort.add(new Row(row.eventId(), row.azimuthRad(), row.zenithRad()));
        count++;
      }
    }
    return count;
  }

  private static long addRejected(Path file, SubmissionSort sort) {
    Direction none = Direction.NO_DIRECTION;
    long[] count = {0};
    RejectedCsv.eachId(
        file,
        id -> {
          sort.add(new Row(id, none.azimuthRad(), none.zenithRad()));
          count[0]++;
        });
    return count[0];
  }
}
