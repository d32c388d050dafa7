// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.Event;
import icecube.physics.PulseSeries;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The events of one batch file, in file order: contiguous pulses with the same event id are one
 * event. Reads Parquet and CSV. Holds one event; confined to one thread.
 */
public final class EventReader implements AutoCloseable {
  private static final int PULSES_AT_FIRST = 1024;

  private final PulseRows rows;
  private boolean hasRow;
  private int[] sensorId = new int[PULSES_AT_FIRST];
  private float[] timeNs = new float[PULSES_AT_FIRST];
  private float[] chargePe = new float[PULSES_AT_FIRST];
  private boolean[] auxiliary = new boolean[PULSES_AT_FIRST];

  private EventReader(PulseRows rows) {
    this.rows = rows;
    this.hasRow = rows.next();
  }

  /**
   * Opens {@code batch_N.parquet} or {@code batch_N.csv}.
   *
   * @throws DatasetException if the file is missing, damaged, or lacks a column
   */
  public static EventReader open(Path file) {
    boolean csv = file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
    return new EventReader(csv ? CsvPulseRows.open(file) : ParquetPulseRows.open(file));
  }

  /**
   * The next event, or null after the last.
   *
   * @throws DatasetException if the file turns out to be damaged here
   */
  public @Nullable Event next() {
    if (!hasRow) {
      return null;
    }
    long eventId = rows.eventId();
    int count = 0;
    do {
      if (count == sensorId.length) {
        grow();
      }
      sensorId[count] = saturatedInt(rows.sensorId());
      timeNs[count] = (float) rows.timeNs();
      chargePe[count] = (float) rows.chargePe();
      auxiliary[count] = rows.auxiliary();
      count++;
      hasRow = rows.next();
    } while (hasRow && rows.eventId() == eventId);
    return new Event(eventId, PulseSeries.copyOf(sensorId, timeNs, chargePe, auxiliary, 0, count));
  }

  private void grow() {
    int length = Math.addExact(sensorId.length, sensorId.length);
    sensorId = Arrays.copyOf(sensorId, length);
    timeNs = Arrays.copyOf(timeNs, length);
    chargePe = Arrays.copyOf(chargePe, length);
    auxiliary = Arrays.copyOf(auxiliary, length);
  }

  /** A sensor id that is no int is no sensor either; keep it representable and wrong. */
  private static int saturatedInt(long value) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
  }

  @Override
  public void close() {
    rows.close();
  }
}
