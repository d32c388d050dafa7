// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import java.nio.file.Path;
import java.util.List;

/** Pulses of a CSV batch. */
final class CsvPulseRows implements PulseRows {
  private static final List<String> COLUMNS =
      List.of("event_id", "sensor_id", "time", "charge", "auxiliary");

  private final CsvTable table;
  private final int[] column;

  private CsvPulseRows(CsvTable table) {
    this.table = table;
    this.column = COLUMNS.stream().mapToInt(table::indexOf).toArray();
  }

  static CsvPulseRows open(Path file) {
    return new CsvPulseRows(CsvTable.open(file, COLUMNS));
  }

  @Override
  public boolean next() {
    return table.next();
  }

  @Override
  public long eventId() {
    return table.integer(column[0]);
  }

  @Override
  public long sensorId() {
    return table.integer(column[1]);
  }

  @Override
  public double timeNs() {
    return table.number(column[2]);
  }

  @Override
  public double chargePe() {
    return table.number(column[3]);
  }

  @Override
  public boolean auxiliary() {
    return table.flag(column[4]);
  }

  @Override
  public void close() {
    table.close();
  }
}
