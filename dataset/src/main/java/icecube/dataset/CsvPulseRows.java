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
  public int read(PulseBlock block) {
    int count = 0;
    while (count < PulseBlock.ROW_COUNT_MAX && table.next()) {
      block.eventId[count] = table.integer(column[0]);
      block.sensorId[count] = PulseBlock.saturatedInt(table.integer(column[1]));
      block.timeNs[count] = (float) table.number(column[2]);
      block.chargePe[count] = (float) table.number(column[3]);
      block.auxiliary[count] = table.flag(column[4]);
      count++;
    }
    return count;
  }

  /** The lines are read, but not parsed. */
  @Override
  public void skip(long rowCount) {
    for (long row = 0; row < rowCount && table.next(); row++) {
      // next() did it
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
