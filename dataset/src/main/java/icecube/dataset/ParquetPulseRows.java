// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.ParquetTable.ColumnKind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Pulses of a Parquet batch: column by column, so that no object is made for a row. */
final class ParquetPulseRows implements PulseRows {
  private final ParquetTable table;
  private final long[] whole = new long[PulseBlock.ROW_COUNT_MAX];
  private final double[] real = new double[PulseBlock.ROW_COUNT_MAX];

  private ParquetPulseRows(ParquetTable table) {
    this.table = table;
  }

  static ParquetPulseRows open(Path file) {
    Map<String, ColumnKind> columns = new LinkedHashMap<>();
    columns.put("event_id", ColumnKind.INTEGER);
    columns.put("sensor_id", ColumnKind.INTEGER);
    columns.put("time", ColumnKind.NUMBER);
    columns.put("charge", ColumnKind.NUMBER);
    columns.put("auxiliary", ColumnKind.FLAG);
    return new ParquetPulseRows(ParquetTable.open(file, columns));
  }

  @Override
  public int read(PulseBlock block) {
    int count = table.take(PulseBlock.ROW_COUNT_MAX);
    if (count == 0) {
      return 0;
    }
    table.longs(0, block.eventId, count);
    table.longs(1, whole, count);
    for (int i = 0; i < count; i++) {
      block.sensorId[i] = PulseBlock.saturatedInt(whole[i]);
    }
    table.doubles(2, real, count);
    for (int i = 0; i < count; i++) {
      block.timeNs[i] = (float) real[i];
    }
    table.doubles(3, real, count);
    for (int i = 0; i < count; i++) {
      block.chargePe[i] = (float) real[i];
    }
    table.longs(4, whole, count);
    for (int i = 0; i < count; i++) {
      block.auxiliary[i] = whole[i] != 0;
    }
    return count;
  }

  /** Row groups and pages that end before are not read. */
  @Override
  public void skip(long rowCount) {
    table.seek(rowCount);
  }

  @Override
  public void close() {
    table.close();
  }
}
