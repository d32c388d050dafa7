// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.ParquetTable.ColumnKind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Pulses of a Parquet batch, through the column API: no object is made for a row. */
final class ParquetPulseRows implements PulseRows {
  private final ParquetTable table;
  private long eventId;
  private long sensorId;
  private double timeNs;
  private double chargePe;
  private boolean auxiliary;

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
  public boolean next() {
    if (!table.next()) {
      return false;
    }
    eventId = table.integer(0);
    sensorId = table.integer(1);
    timeNs = table.number(2);
    chargePe = table.number(3);
    auxiliary = table.flag(4);
    return true;
  }

  @Override
  public long eventId() {
    return eventId;
  }

  @Override
  public long sensorId() {
    return sensorId;
  }

  @Override
  public double timeNs() {
    return timeNs;
  }

  @Override
  public double chargePe() {
    return chargePe;
  }

  @Override
  public boolean auxiliary() {
    return auxiliary;
  }

  @Override
  public void close() {
    table.close();
  }
}
