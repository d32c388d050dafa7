// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.ParquetTable.ColumnKind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The rows of a meta file, however it is stored. Confined to one thread. */
interface MetaRows extends AutoCloseable {
  /** The columns that every meta file has, in the order of {@link MetaRow}. */
  List<String> COLUMNS = List.of("batch_id", "event_id", "first_pulse_index", "last_pulse_index");

  /** The column of trigger times, which Kaggle's files lack and its readers pass over. */
  String TRIGGER_TIME = "trigger_time_ns";

  /** The column of energies, which simulated files have and Kaggle's lack. */
  String ENERGY = "energy_gev";

  /** The column that tells tracks from cascades, which simulated files have and Kaggle's lack. */
  String TRACK = "is_track";

  /** Opens a meta file, Parquet or CSV by its name. */
  static MetaRows open(Path file) {
    return isCsv(file) ? Csv.open(file) : Parquet.open(file);
  }

  /** Opens a meta file for its batch ids alone, which is cheap where it is stored by column. */
  static MetaRows openBatchIds(Path file) {
    return isCsv(file) ? Csv.open(file) : Parquet.openBatchIds(file);
  }

  private static boolean isCsv(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  /** Whether azimuth and zenith are there. */
  boolean hasTruth();

  /** Whether the trigger times are there. */
  boolean hasTriggerTimes();

  /** Whether the energies are there. */
  boolean hasEnergies();

  /** Whether the shapes are there. */
  boolean hasShapes();

  /** Fills the block from its start, {@code max} rows at most; returns how many, 0 at the end. */
  int read(MetaBlock block, int max);

  /** Passes over rows up to one that is not behind. */
  void seek(long row);

  @Override
  void close();

  /** A Parquet file: rows passed over are not read. */
  record Parquet(ParquetTable table, List<String> columns) implements MetaRows {
    static MetaRows open(Path file) {
      Map<String, ColumnKind> columns = new LinkedHashMap<>();
      COLUMNS.forEach(name -> columns.put(name, ColumnKind.INTEGER));
      Set<String> found = ParquetTable.columnsOf(file);
      if (found.containsAll(List.of("azimuth", "zenith"))) { // one alone is no direction
        columns.put("azimuth", ColumnKind.NUMBER);
        columns.put("zenith", ColumnKind.NUMBER);
      }
      columns.put(TRIGGER_TIME, ColumnKind.INTEGER);
      columns.put(ENERGY, ColumnKind.NUMBER);
      columns.put(TRACK, ColumnKind.FLAG);
      columns.keySet().removeIf(name -> !COLUMNS.contains(name) && !found.contains(name));
      return new Parquet(ParquetTable.open(file, columns), List.copyOf(columns.keySet()));
    }

    static MetaRows openBatchIds(Path file) {
      return new Parquet(
          ParquetTable.open(file, Map.of("batch_id", ColumnKind.INTEGER)), List.of("batch_id"));
    }

    @Override
    public boolean hasTruth() {
      return columns.contains("azimuth");
    }

    @Override
    public boolean hasTriggerTimes() {
      return columns.contains(TRIGGER_TIME);
    }

    @Override
    public boolean hasEnergies() {
      return columns.contains(ENERGY);
    }

    @Override
    public boolean hasShapes() {
      return columns.contains(TRACK);
    }

    @Override
    public int read(MetaBlock block, int max) {
      int count = table.take(Math.min(max, MetaBlock.ROW_COUNT_MAX));
      table.longs(0, block.batchId, count);
      if (columns.size() > 1) {
        table.longs(1, block.eventId, count);
        table.longs(2, block.firstPulseIndex, count);
        table.longs(3, block.lastPulseIndex, count);
      }
      if (hasTruth()) {
        table.doubles(4, block.azimuthRad, count);
        table.doubles(5, block.zenithRad, count);
      }
      if (hasTriggerTimes()) {
        table.longs(columns.indexOf(TRIGGER_TIME), block.triggerTimeNs, count);
      }
      if (hasEnergies()) {
        table.doubles(columns.indexOf(ENERGY), block.energyGev, count);
      }
      if (hasShapes()) {
        table.longs(columns.indexOf(TRACK), block.track, count);
      }
      return count;
    }

    @Override
    public void seek(long row) {
      table.seek(row);
    }

    @Override
    public void close() {
      table.close();
    }
  }

  /** A CSV file: rows passed over are read, but not parsed. */
  final class Csv implements MetaRows {
    private final CsvTable table;
    private final int[] column;
    private final int azimuth;
    private final int zenith;
    private final int triggerTime;
    private final int energy;
    private final int track;
    private long row;

    private Csv(CsvTable table) {
      this.table = table;
      this.column = COLUMNS.stream().mapToInt(table::indexOf).toArray();
      this.azimuth = table.indexOf("azimuth");
      this.zenith = table.indexOf("zenith");
      this.triggerTime = table.indexOf(TRIGGER_TIME);
      this.energy = table.indexOf(ENERGY);
      this.track = table.indexOf(TRACK);
    }

    static MetaRows open(Path file) {
      return new Csv(CsvTable.open(file, COLUMNS));
    }

    @Override
    public boolean hasTruth() {
      return azimuth >= 0 && zenith >= 0;
    }

    @Override
    public boolean hasTriggerTimes() {
      return triggerTime >= 0;
    }

    @Override
    public boolean hasEnergies() {
      return energy >= 0;
    }

    @Override
    public boolean hasShapes() {
      return track >= 0;
    }

    @Override
    public int read(MetaBlock block, int max) {
      int count = 0;
      while (count < Math.min(max, MetaBlock.ROW_COUNT_MAX) && table.next()) {
        block.batchId[count] = table.integer(column[0]);
        block.eventId[count] = table.integer(column[1]);
        block.firstPulseIndex[count] = table.integer(column[2]);
        block.lastPulseIndex[count] = table.integer(column[3]);
        if (hasTruth()) {
          block.azimuthRad[count] = table.number(azimuth);
          block.zenithRad[count] = table.number(zenith);
        }
        if (hasTriggerTimes()) {
          block.triggerTimeNs[count] = table.integer(triggerTime);
        }
        if (hasEnergies()) {
          block.energyGev[count] = table.number(energy);
        }
        if (hasShapes()) {
          block.track[count] = table.flag(track) ? 1 : 0;
        }
        count++;
      }
      row += count;
      return count;
    }

    @Override
    public void seek(long target) {
      while (row < target && table.next()) {
        row++;
      }
    }

    @Override
    public void close() {
      table.close();
    }
  }
}
