// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What makes a {@link FeatureTable} of events: selects pulses, looks up where their sensors are,
 * and scales.
 *
 * <p>An event of more than {@code rowCountMax} pulses is cut to that many rows. Pulses in hard
 * local coincidence go before auxiliary ones, and among equals chance decides: a random sample beat
 * the brightest, the earliest and the nearest pulses for every model of the Kaggle competition that
 * compared them (IceMix, arXiv:2310.15674). Chance is a pure function of the event's id and of the
 * rows themselves, so training and serving, a first try and a retry, all see the same rows; and a
 * table cut again ({@link FeatureTable#cutTo}) has the rows it would have had if it had been cut so
 * at once. Exactly:
 *
 * <ol>
 *   <li>m is the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), γ its step
 *       0x9E3779B97F4A7C15, and x, y, z, t are the bits of a row's first four columns.
 *   <li>A row's chance is m(m(m(id + γ) ⊕ (y · 2³² + x)) ⊕ (t · 2³² + z)), of which the upper 62
 *       bits count.
 *   <li>The rowCountMax rows are kept that come first by (auxiliary, chance, time order).
 * </ol>
 *
 * <p>Time O(pulses) for an event that is not cut, O(pulses · log pulses) for one that is. Immutable
 * and thread-safe.
 */
public final class FeatureBuilder {
  /** Rows an event may have by default; 98.7 % of Kaggle's events have no more pulses. */
  public static final int ROW_COUNT_MAX = 768;

  private final DetectorGeometry geometry;
  private final int rowCountMax;

  /**
   * A builder for events of one detector.
   *
   * @throws IllegalArgumentException if {@code rowCountMax} is not in 1..{@link
   *     EventDefect#PULSE_COUNT_MAX}
   */
  public FeatureBuilder(DetectorGeometry geometry, int rowCountMax) {
    this.geometry = requireNonNull(geometry, "geometry");
    if (rowCountMax < 1 || rowCountMax > EventDefect.PULSE_COUNT_MAX) {
      throw new IllegalArgumentException(
          "row_count_max: " + rowCountMax + " (expected: 1.." + EventDefect.PULSE_COUNT_MAX + ")");
    }
    this.rowCountMax = rowCountMax;
  }

  /** The most rows an event may have. */
  public int rowCountMax() {
    return rowCountMax;
  }

  /**
   * The features of sound events, in their order.
   *
   * @throws IllegalArgumentException if an event has an {@link EventDefect}
   */
  public FeatureTable build(List<Event> events) {
    int eventCount = events.size();
    long[] eventId = new long[eventCount];
    int[] rowCount = new int[eventCount];
    int[] pulsesSeen = new int[eventCount];
    int[] qualityBits = new int[eventCount];
    long floatCount = 0;
    for (int index = 0; index < eventCount; index++) {
      Event event = events.get(index);
      requireSound(event);
      eventId[index] = event.id();
      pulsesSeen[index] = event.pulses().count();
      rowCount[index] = Math.min(pulsesSeen[index], rowCountMax);
      floatCount += (long) rowCount[index] * FeatureTable.COLUMN_COUNT;
    }
    float[] rows = new float[Math.toIntExact(floatCount)];
    int offset = 0;
    for (int index = 0; index < eventCount; index++) {
      qualityBits[index] = writeRows(events.get(index), rows, offset);
      offset += rowCount[index] * FeatureTable.COLUMN_COUNT;
    }
    return FeatureTable.owning(eventId, rowCount, pulsesSeen, qualityBits, rows);
  }

  private void requireSound(Event event) {
    var finding = EventDefect.find(event.pulses(), geometry);
    if (finding.isPresent()) {
      throw new IllegalArgumentException("event " + event.id() + ": " + finding.get().message());
    }
  }

  /** Writes the rows of one event from {@code offset} on and returns its quality bits. */
  private int writeRows(Event event, float[] rows, int offset) {
    PulseSeries pulses = event.pulses();
    if (pulses.count() <= rowCountMax) {
      for (int pulse = 0; pulse < pulses.count(); pulse++) {
        writeRow(pulses, pulse, rows, offset + pulse * FeatureTable.COLUMN_COUNT);
      }
      return singleStringBit(pulses);
    }
    int at = offset;
    for (int pulse : selection(event).kept(rowCountMax)) {
      writeRow(pulses, pulse, rows, at);
      at += FeatureTable.COLUMN_COUNT;
    }
    return singleStringBit(pulses) | Quality.TRUNCATED.bit();
  }

  private RowSelection selection(Event event) {
    PulseSeries pulses = event.pulses();
    var selection = new RowSelection(event.id(), pulses.count());
    float[] row = new float[FeatureTable.COLUMN_COUNT];
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      writePlaceAndTime(pulses, pulse, row, 0);
      selection.add(row[0], row[1], row[2], row[3], pulses.auxiliary(pulse));
    }
    return selection;
  }

  private void writeRow(PulseSeries pulses, int pulse, float[] rows, int at) {
    writePlaceAndTime(pulses, pulse, rows, at);
    rows[at + 4] = (float) (Math.log10(pulses.chargePe(pulse)) / FeatureTable.CHARGE_SCALE_DECADES);
    rows[at + 5] = pulses.auxiliary(pulse) ? 1 : 0;
  }

  private void writePlaceAndTime(PulseSeries pulses, int pulse, float[] rows, int at) {
    int sensorId = pulses.sensorId(pulse);
    rows[at] = geometry.xMeters(sensorId) / FeatureTable.POSITION_SCALE_METERS;
    rows[at + 1] = geometry.yMeters(sensorId) / FeatureTable.POSITION_SCALE_METERS;
    rows[at + 2] = geometry.zMeters(sensorId) / FeatureTable.POSITION_SCALE_METERS;
    rows[at + 3] = (pulses.timeNs(pulse) - pulses.timeNs(0)) / FeatureTable.TIME_SCALE_NS;
  }

  private int singleStringBit(PulseSeries pulses) {
    var strings = new StringCensus();
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      strings.add(geometry.stringId(pulses.sensorId(pulse)), pulses.auxiliary(pulse));
    }
    return strings.isSingle() ? Quality.SINGLE_STRING.bit() : 0;
  }

  /**
   * Which strings the pulses hang on; only whether it is one matters. Noise is everywhere, so
   * auxiliary pulses have a say only where there are no others.
   */
  private static final class StringCensus {
    private static final int NONE = 0;
    private static final int SEVERAL = -1;

    private int coincident = NONE;
    private int auxiliary = NONE;

    void add(int stringId, boolean isAuxiliary) {
      if (isAuxiliary) {
        auxiliary = joined(auxiliary, stringId);
      } else {
        coincident = joined(coincident, stringId);
      }
    }

    private static int joined(int seen, int stringId) {
      return seen == NONE || seen == stringId ? stringId : SEVERAL;
    }

    boolean isSingle() {
      return (coincident == NONE ? auxiliary : coincident) > 0;
    }
  }
}
