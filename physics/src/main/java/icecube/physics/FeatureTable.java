// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Features of several events as one ragged table: event after event, one row per selected pulse,
 * {@link #COLUMN_COUNT} float32 a row.
 *
 * <p>Version {@value #VERSION} of the definition; training and serving use this one and no other:
 *
 * <pre>
 *   column 0..2  x, y, z of the sensor / 500 m
 *   column 3     (time − time of the event's first pulse) / 30,000 ns
 *   column 4     log10(charge / p.e.) / 3
 *   column 5     1 if auxiliary, else 0
 * </pre>
 *
 * <p>Rows of an event stand in time order. Scales after GraphNeT; time counts from the event's
 * first pulse, because the absolute time within the readout window tells a model things that a live
 * detector would not. Immutable and thread-safe.
 */
public final class FeatureTable {
  /** The definition of the columns. */
  public static final int VERSION = 1;

  /** The rule by which {@link FeatureBuilder} cuts long events; 1 kept others of their rows. */
  public static final int CUT_VERSION = 2;

  /** Floats in a row. */
  public static final int COLUMN_COUNT = 6;

  /** Metres in one unit of columns 0..2. */
  public static final float POSITION_SCALE_METERS = 500f;

  /** Nanoseconds in one unit of column 3. */
  public static final float TIME_SCALE_NS = 30_000f;

  /** Decades of charge in one unit of column 4. */
  public static final float CHARGE_SCALE_DECADES = 3f;

  private final long[] eventId;
  private final int[] rowOffset;
  private final int[] pulsesSeen;
  private final int[] qualityBits;
  private final float[] rows;

  private FeatureTable(
      long[] eventId, int[] rowOffset, int[] pulsesSeen, int[] qualityBits, float[] rows) {
    this.eventId = eventId;
    this.rowOffset = rowOffset;
    this.pulsesSeen = pulsesSeen;
    this.qualityBits = qualityBits;
    this.rows = rows;
  }

  /**
   * A table that owns the given arrays from here on; the caller must not touch them again.
   *
   * @param rowCount rows of each event
   * @param rows all rows, {@code sum(rowCount) · COLUMN_COUNT} floats
   * @throws IllegalArgumentException if the lengths do not fit together
   */
  public static FeatureTable owning(
      long[] eventId, int[] rowCount, int[] pulsesSeen, int[] qualityBits, float[] rows) {
    requireNonNull(rows, "rows");
    int events = eventId.length;
    if (rowCount.length != events || pulsesSeen.length != events || qualityBits.length != events) {
      throw new IllegalArgumentException(
          "feature columns: event_id %d, row_count %d, pulses_seen %d, quality_bits %d (expected: equal lengths)"
              .formatted(events, rowCount.length, pulsesSeen.length, qualityBits.length));
    }
    int[] rowOffset = new int[events + 1];
    for (int event = 0; event < events; event++) {
      if (rowCount[event] < 0) {
        throw new IllegalArgumentException(
            "row_count: " + rowCount[event] + " of event " + eventId[event] + " (expected: >= 0)");
      }
      rowOffset[event + 1] = Math.addExact(rowOffset[event], rowCount[event]);
    }
    if (rows.length != (long) rowOffset[events] * COLUMN_COUNT) {
      throw new IllegalArgumentException(
          "rows: %d floats (expected: %d rows of %d)"
              .formatted(rows.length, rowOffset[events], COLUMN_COUNT));
    }
    return new FeatureTable(eventId, rowOffset, pulsesSeen, qualityBits, rows);
  }

  /** Number of events. */
  public int eventCount() {
    return eventId.length;
  }

  /** Number of rows of all events together. */
  public int rowCount() {
    return rowOffset[eventId.length];
  }

  /** The number of event {@code event} (0-based position) in its data set. */
  public long eventId(int event) {
    return eventId[event];
  }

  /** Rows of event {@code event}. */
  public int rowCount(int event) {
    return rowOffset[event + 1] - rowOffset[event];
  }

  /** Index of the first row of event {@code event} within the whole table. */
  public int firstRow(int event) {
    return rowOffset[event];
  }

  /** Pulses event {@code event} had before selection. */
  public int pulsesSeen(int event) {
    return pulsesSeen[event];
  }

  /** What is known about the answer before the model runs: a set of {@link Quality} as bits. */
  public int qualityBits(int event) {
    return qualityBits[event];
  }

  /** Value in column {@code column} of row {@code row} of the whole table. */
  public float value(int row, int column) {
    return rows[row * COLUMN_COUNT + column];
  }

  /**
   * The same events with {@code rowCountMax} rows each at most: those {@link FeatureBuilder} would
   * have kept had it been its limit; this table if none has more. What is cut gets {@link
   * Quality#TRUNCATED}.
   *
   * @throws IllegalArgumentException if {@code rowCountMax} is below 1
   */
  public FeatureTable cutTo(int rowCountMax) {
    if (rowCountMax < 1) {
      throw new IllegalArgumentException("row_count_max: " + rowCountMax + " (expected: >= 1)");
    }
    int[] count = new int[eventCount()];
    int[] bits = qualityBits.clone();
    int total = 0;
    for (int event = 0; event < eventCount(); event++) {
      count[event] = Math.min(rowCountMax, rowCount(event));
      bits[event] |= count[event] < rowCount(event) ? Quality.TRUNCATED.bit() : 0;
      total += count[event];
    }
    if (total == rowCount()) {
      return this;
    }
    float[] values = new float[total * COLUMN_COUNT];
    int at = 0;
    for (int event = 0; event < eventCount(); event++) {
      if (count[event] == rowCount(event)) {
        copyRows(event, values, at);
        at += count[event] * COLUMN_COUNT;
      } else {
        for (int row : selection(event).kept(rowCountMax)) {
          int from = (rowOffset[event] + row) * COLUMN_COUNT;
          System.arraycopy(rows, from, values, at, COLUMN_COUNT);
          at += COLUMN_COUNT;
        }
      }
    }
    return owning(eventId, count, pulsesSeen, bits, values);
  }

  private RowSelection selection(int event) {
    var selection = new RowSelection(eventId[event], rowCount(event));
    for (int row = rowOffset[event]; row < rowOffset[event + 1]; row++) {
      selection.add(
          value(row, 0), value(row, 1), value(row, 2), value(row, 3), value(row, 5) > 0.5f);
    }
    return selection;
  }

  /** Copies the rows of event {@code event} into {@code target} from {@code offset} on. */
  public void copyRows(int event, float[] target, int offset) {
    int from = rowOffset[event] * COLUMN_COUNT;
    System.arraycopy(rows, from, target, offset, rowCount(event) * COLUMN_COUNT);
  }

  /** Writes the rows of event {@code event} to {@code target} at its position. */
  public void copyRows(int event, FloatBuffer target) {
    target.put(rows, rowOffset[event] * COLUMN_COUNT, rowCount(event) * COLUMN_COUNT);
  }

  /**
   * Writes the rows of event {@code event} to {@code target} at its position, in its byte order.
   */
  public void copyRows(int event, ByteBuffer target) {
    // Value by value: a view as floats would be one more object for every event.
    int to = rowOffset[event + 1] * COLUMN_COUNT;
    for (int index = rowOffset[event] * COLUMN_COUNT; index < to; index++) {
      target.putFloat(rows[index]);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureTable that
        && Arrays.equals(eventId, that.eventId)
        && Arrays.equals(rowOffset, that.rowOffset)
        && Arrays.equals(pulsesSeen, that.pulsesSeen)
        && Arrays.equals(qualityBits, that.qualityBits)
        && Arrays.equals(rows, that.rows);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(eventId) * 31 + Arrays.hashCode(rows);
  }

  @Override
  public String toString() {
    return "FeatureTable[events=" + eventCount() + ", rows=" + rowCount() + "]";
  }
}
