// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.dataset.MetaReader;
import icecube.dataset.MetaRow;
import icecube.physics.Direction;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * True directions by event id, read from meta files: at most {@value #EVENT_COUNT_MAX}, about 120
 * bytes each. Never changes; thread-safe.
 */
final class KnownTruth implements LongFunction<@Nullable Direction> {
  /** Twenty-five batches of Kaggle's. */
  static final int EVENT_COUNT_MAX = 5_000_000;

  private final Map<Long, Direction> directions;

  private KnownTruth(Map<Long, Direction> directions) {
    this.directions = directions;
  }

  /**
   * Reads the files, Parquet or CSV.
   *
   * @throws icecube.dataset.DatasetException if one is missing, damaged or no meta file
   * @throws SettingException if one tells no truth, or they tell too much
   */
  static KnownTruth read(List<Path> files) {
    return read(files, EVENT_COUNT_MAX);
  }

  /** The same for so many events at most. */
  static KnownTruth read(List<Path> files, int eventCountMax) {
    Map<Long, Direction> directions = new HashMap<>();
    for (Path file : files) {
      int before = directions.size();
      try (MetaReader rows = MetaReader.open(file)) {
        for (MetaRow row = rows.next(); row != null; row = rows.next()) {
          Direction truth = row.truth();
          if (truth != null) {
            directions.put(row.eventId(), truth);
          }
          if (directions.size() > eventCountMax) {
            throw new SettingException(
                "--truth: more than %,d events (expected: at most); give the files of this stream"
                    .formatted(eventCountMax));
          }
        }
      }
      if (directions.size() == before) {
        throw new SettingException(
            "--truth: " + file + " (expected: rows with azimuth and zenith, as train_meta has)");
      }
    }
    return new KnownTruth(directions);
  }

  @Override
  public @Nullable Direction apply(long eventId) {
    return directions.get(eventId);
  }
}
