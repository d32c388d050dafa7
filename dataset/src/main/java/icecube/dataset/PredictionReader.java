// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import blue.strategic.parquet.Hydrator;
import blue.strategic.parquet.ParquetReader;
import icecube.dataset.ParquetTable.ColumnKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code predictions.parquet} as {@link PredictionWriter} writes it, one row at a time.
 *
 * <p>What a model does not know (kappa, radii) may be null in a row or missing as a column. Holds
 * one row group, at most 32 MiB as written here. Confined to one thread.
 */
public final class PredictionReader implements AutoCloseable {
  private static final Map<String, ColumnKind> REQUIRED = new LinkedHashMap<>();

  static {
    REQUIRED.put("event_id", ColumnKind.INTEGER);
    REQUIRED.put("azimuth", ColumnKind.NUMBER);
    REQUIRED.put("zenith", ColumnKind.NUMBER);
  }

  private final Path file;
  private final ParquetReader<Map<String, Object>, Map<String, Object>, String[]> rows;
  private long row;

  private PredictionReader(
      Path file, ParquetReader<Map<String, Object>, Map<String, Object>, String[]> rows) {
    this.file = file;
    this.rows = rows;
  }

  /**
   * Opens a file of predictions.
   *
   * @throws DatasetException if it is missing, damaged, or lacks event_id, azimuth or zenith
   */
  public static PredictionReader open(Path file) {
    // Checks the footer's lengths and the columns, and says what is wrong with them.
    ParquetTable.open(file, REQUIRED).close();
    try {
      return new PredictionReader(file, ParquetReader.spliterator(file.toFile(), new Cells()));
    } catch (IOException | RuntimeException e) {
      throw damaged(file, e);
    }
  }

  /**
   * The next prediction, or null after the last.
   *
   * @throws DatasetException if the row has no event id or no direction, or the file is damaged
   */
  public @Nullable PredictionRow next() {
    Map<String, Object> cells = new HashMap<>();
    try {
      if (!rows.tryAdvance(cells::putAll)) {
        return null;
      }
    } catch (RuntimeException e) {
      throw damaged(file, e);
    }
    try {
      return prediction(cells);
    } catch (IllegalArgumentException e) {
      throw DatasetException.input(
          "%s: row %d: %s; drop the row or fill it".formatted(file, row, e.getMessage()), e);
    } finally {
      row++;
    }
  }

  private static PredictionRow prediction(Map<String, Object> cells) {
    return new PredictionRow(
        number(cells, "event_id").longValue(),
        number(cells, "azimuth").doubleValue(),
        number(cells, "zenith").doubleValue(),
        optional(cells, "kappa"),
        optional(cells, "radius50"),
        optional(cells, "radius90"),
        count(cells, "pulses_seen"),
        count(cells, "pulses_used"),
        text(cells, "model_name"),
        text(cells, "model_version"),
        text(cells, "quality"));
  }

  private static Number number(Map<String, Object> cells, String name) {
    if (cells.get(name) instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException(name + ": " + cells.get(name) + " (expected: a number)");
  }

  private static OptionalDouble optional(Map<String, Object> cells, String name) {
    return cells.containsKey(name)
        ? OptionalDouble.of(number(cells, name).doubleValue())
        : OptionalDouble.empty();
  }

  /** 0 where it was not written: it is told, not computed with. */
  private static int count(Map<String, Object> cells, String name) {
    return cells.containsKey(name) ? number(cells, name).intValue() : 0;
  }

  private static String text(Map<String, Object> cells, String name) {
    return String.valueOf(cells.getOrDefault(name, ""));
  }

  private static DatasetException damaged(Path file, Exception cause) {
    return DatasetException.input(
        "%s: %s (expected: a whole Parquet file); write it again".formatted(file, cause), cause);
  }

  @Override
  public void close() {
    try {
      rows.close();
    } catch (IOException e) {
      throw damaged(file, e);
    }
  }

  /** A row as the cells that are not null, by name. */
  private static final class Cells
      implements Hydrator<Map<String, Object>, Map<String, Object>, String[]> {
    @Override
    public Map<String, Object> start() {
      return new HashMap<>();
    }

    @Override
    public Map<String, Object> add(
        Map<String, Object> cells, String[] heading, @Nullable Object value) {
      if (value != null) {
        cells.put(heading[0], value);
      }
      return cells;
    }

    @Override
    public Map<String, Object> finish(Map<String, Object> cells) {
      return cells;
    }
  }
}
