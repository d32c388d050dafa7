// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.dataset.ParquetTable.ColumnKind;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.physics.PulseSeries;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one batch file, in file order: contiguous pulses with the same event id are one
 * event. Reads Parquet and CSV.
 *
 * <p>Holds one event and one block of rows. Of an event with more than {@link
 * EventDefect#PULSE_COUNT_MAX} pulses it holds one pulse more than that and passes over the rest,
 * which is enough to have it refused as too large, whatever the file's size. Confined to one
 * thread.
 */
public final class EventReader implements AutoCloseable {
  private static final String EVENT_ID = "event_id";
  private static final int PULSES_KEPT_MAX = EventDefect.PULSE_COUNT_MAX + 1;

  private final PulseRows rows;
  private final PulseBlock block = new PulseBlock();
  private long blockRow;
  private int from;
  private int count;
  private int kept;
  private int[] sensorId = new int[0];
  private float[] timeNs = new float[0];
  private float[] chargePe = new float[0];
  private boolean[] auxiliary = new boolean[0];

  private EventReader(PulseRows rows) {
    this.rows = rows;
  }

  /**
   * Opens {@code batch_N.parquet} or {@code batch_N.csv}.
   *
   * @throws DatasetException if the file is missing, damaged, or lacks a column
   */
  public static EventReader open(Path file) {
    return new EventReader(isCsv(file) ? CsvPulseRows.open(file) : ParquetPulseRows.open(file));
  }

  /**
   * The same from a {@link #row} on that another reader of the file was at. Of a Parquet file the
   * row groups and pages before it are not read; of a CSV file the lines are.
   */
  public static EventReader open(Path file, long row) {
    EventReader reader = open(file);
    try {
      reader.rows.skip(row);
    } catch (DatasetException e) {
      reader.close();
      throw e;
    }
    reader.blockRow = row;
    return reader;
  }

  /** The ids of the events in the first {@code rowCount} rows, in order; nothing else is read. */
  static void eachIdBefore(Path file, long rowCount, LongConsumer ids) {
    if (isCsv(file)) {
      try (CsvTable table = CsvTable.open(file, List.of(EVENT_ID))) {
        int column = table.indexOf(EVENT_ID);
        for (long row = 0; row < rowCount && table.next(); row++) {
          ids.accept(table.integer(column));
        }
      }
      return;
    }
    try (ParquetTable table = ParquetTable.open(file, Map.of(EVENT_ID, ColumnKind.INTEGER))) {
      long[] block = new long[PulseBlock.ROW_COUNT_MAX];
      for (long row = 0; row < rowCount; row += block.length) {
        int count = table.take((int) Math.min(block.length, rowCount - row));
        table.longs(0, block, count);
        for (int at = 0; at < count; at++) {
          if (at == 0 || block[at] != block[at - 1]) {
            ids.accept(block[at]);
          }
        }
      }
    }
  }

  private static boolean isCsv(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  /** Rows of the file before the next event: a place to {@link #open(Path, long)} it again. */
  public long row() {
    return blockRow + from;
  }

  /**
   * The next event, or null after the last.
   *
   * @throws DatasetException if the file turns out to be damaged here
   */
  public @Nullable Event next() {
    if (!hasRows()) {
      return null;
    }
    long eventId = block.eventId[from];
    int to = block.endOfEvent(from, count);
    if (to < count) {
      PulseSeries pulses = block.pulses(from, to);
      from = to;
      return new Event(eventId, pulses);
    }
    kept = 0;
    keep(to);
    while (hasRows() && block.eventId[from] == eventId) {
      keep(block.endOfEvent(from, count));
    }
    return new Event(eventId, PulseSeries.copyOf(sensorId, timeNs, chargePe, auxiliary, 0, kept));
  }

  private boolean hasRows() {
    if (from == count) {
      blockRow += count;
      from = 0;
      count = 0;
      count = rows.read(block);
    }
    return count > 0;
  }

  /** Puts the rows up to {@code to} aside: their event may go on in the next block. */
  private void keep(int to) {
    int added = Math.min(to - from, PULSES_KEPT_MAX - kept);
    if (kept + added > sensorId.length) {
      grow(kept + added);
    }
    System.arraycopy(block.sensorId, from, sensorId, kept, added);
    System.arraycopy(block.timeNs, from, timeNs, kept, added);
    System.arraycopy(block.chargePe, from, chargePe, kept, added);
    System.arraycopy(block.auxiliary, from, auxiliary, kept, added);
    kept += added;
    from = to;
  }

  private void grow(int needed) {
    int length = Math.min(PULSES_KEPT_MAX, Math.max(needed, 2 * sensorId.length));
    sensorId = Arrays.copyOf(sensorId, length);
    timeNs = Arrays.copyOf(timeNs, length);
    chargePe = Arrays.copyOf(chargePe, length);
    auxiliary = Arrays.copyOf(auxiliary, length);
  }

  @Override
  public void close() {
    rows.close();
  }
}
