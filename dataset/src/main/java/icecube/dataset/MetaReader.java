// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.ParquetTable.ColumnKind;
import icecube.physics.Direction;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code train_meta} or {@code test_meta} in file order, Parquet or CSV. Truth is read
 * where the file has azimuth and zenith. Holds one row; confined to one thread.
 */
public final class MetaReader implements AutoCloseable {
  private static final List<String> INDEX_COLUMNS =
      List.of("batch_id", "event_id", "first_pulse_index", "last_pulse_index");

  private final Path file;
  private final Source source;
  private final boolean hasTruth;

  /** The cells that a row is made of, by position: the four of the index, azimuth, zenith. */
  private interface Source extends AutoCloseable {
    boolean next();

    long integer(int column);

    double number(int column);

    @Override
    void close();
  }

  private MetaReader(Path file, Source source, boolean hasTruth) {
    this.file = file;
    this.source = source;
    this.hasTruth = hasTruth;
  }

  /**
   * Opens a meta file.
   *
   * @throws DatasetException if it is missing, damaged, or lacks a column
   */
  public static MetaReader open(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv")
        ? openCsv(file)
        : openParquet(file);
  }

  private static MetaReader openParquet(Path file) {
    boolean truth =
        ParquetTable.hasColumn(file, "azimuth") && ParquetTable.hasColumn(file, "zenith");
    Map<String, ColumnKind> columns = new LinkedHashMap<>();
    INDEX_COLUMNS.forEach(name -> columns.put(name, ColumnKind.INTEGER));
    if (truth) {
      columns.put("azimuth", ColumnKind.NUMBER);
      columns.put("zenith", ColumnKind.NUMBER);
    }
    ParquetTable table = ParquetTable.open(file, columns);
    return new MetaReader(
        file,
        new Source() {
          @Override
          public boolean next() {
            return table.next();
          }

          @Override
          public long integer(int column) {
            return table.integer(column);
          }

          @Override
          public double number(int column) {
            return table.number(column);
          }

          @Override
          public void close() {
            table.close();
          }
        },
        truth);
  }

  private static MetaReader openCsv(Path file) {
    CsvTable table = CsvTable.open(file, INDEX_COLUMNS);
    boolean truth = table.hasColumn("azimuth") && table.hasColumn("zenith");
    int[] column = {
      table.indexOf("batch_id"),
      table.indexOf("event_id"),
      table.indexOf("first_pulse_index"),
      table.indexOf("last_pulse_index"),
      table.indexOf("azimuth"),
      table.indexOf("zenith")
    };
    return new MetaReader(
        file,
        new Source() {
          @Override
          public boolean next() {
            return table.next();
          }

          @Override
          public long integer(int index) {
            return table.integer(column[index]);
          }

          @Override
          public double number(int index) {
            return table.number(column[index]);
          }

          @Override
          public void close() {
            table.close();
          }
        },
        truth);
  }

  /** The next row, or null after the last. */
  public @Nullable MetaRow next() {
    if (!source.next()) {
      return null;
    }
    long batchId = source.integer(0);
    long eventId = source.integer(1);
    long first = source.integer(2);
    long last = source.integer(3);
    Direction truth = hasTruth ? truth(eventId, source.number(4), source.number(5)) : null;
    return new MetaRow(batchId, eventId, first, last, truth);
  }

  private Direction truth(long eventId, double azimuthRad, double zenithRad) {
    if (!Double.isFinite(azimuthRad) || !Double.isFinite(zenithRad)) {
      throw DatasetException.input(
          "%s: event %d: azimuth %s, zenith %s (expected: finite rad)"
              .formatted(file, eventId, azimuthRad, zenithRad),
          null);
    }
    return Direction.ofAngles(azimuthRad, zenithRad);
  }

  @Override
  public void close() {
    source.close();
  }
}
