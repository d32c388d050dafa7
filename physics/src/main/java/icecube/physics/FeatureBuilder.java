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
 * compared them (IceMix, arXiv:2310.15674). Chance is a pure function of the event's id, so
 * training and serving, a first try and a retry, all see the same rows. Exactly:
 *
 * <ol>
 *   <li>Of n₁ non-auxiliary and n₀ auxiliary pulses, k₁ = min(n₁, rowCountMax) and k₀ = min(n₀,
 *       rowCountMax − k₁) are kept.
 *   <li>The pulses are walked once in time order. A pulse of a kind of which k are still to be kept
 *       out of n still to come draws a number u from 0..n−1 and is kept if u &lt; k; then n, and if
 *       it was kept k, falls by one (Knuth, The Art of Computer Programming 2, §3.4.2, algorithm
 *       S). A kind with k = n or k = 0 draws nothing.
 *   <li>u = (h · n) div 2³², where h is the upper 32 bits of the next number of SplitMix64 whose
 *       state starts at the event's id (Steele, Lea and Flood, OOPSLA 2014).
 * </ol>
 *
 * <p>Time O(pulses), memory O(rows) for a batch. Immutable and thread-safe.
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
    var selection = PulseSelection.of(event, rowCountMax);
    var strings = new StringCensus();
    int at = offset;
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      boolean auxiliary = pulses.auxiliary(pulse);
      if (selection.keepsNext(auxiliary)) {
        writeRow(pulses, pulse, rows, at);
        strings.add(geometry.stringId(pulses.sensorId(pulse)), auxiliary);
        at += FeatureTable.COLUMN_COUNT;
      }
    }
    int truncated = pulses.count() > rowCountMax ? Quality.TRUNCATED.bit() : 0;
    int singleString = strings.isSingle() ? Quality.SINGLE_STRING.bit() : 0;
    return truncated | singleString;
  }

  private void writeRow(PulseSeries pulses, int pulse, float[] rows, int at) {
    int sensorId = pulses.sensorId(pulse);
    rows[at] = geometry.xMeters(sensorId) / FeatureTable.POSITION_SCALE_METERS;
    rows[at + 1] = geometry.yMeters(sensorId) / FeatureTable.POSITION_SCALE_METERS;
    rows[at + 2] = geometry.zMeters(sensorId) / FeatureTable.POSITION_SCALE_METERS;
    rows[at + 3] = (pulses.timeNs(pulse) - pulses.timeNs(0)) / FeatureTable.TIME_SCALE_NS;
    rows[at + 4] = (float) (Math.log10(pulses.chargePe(pulse)) / FeatureTable.CHARGE_SCALE_DECADES);
    rows[at + 5] = pulses.auxiliary(pulse) ? 1 : 0;
  }

  /**
   * Which strings the kept pulses hang on; only whether it is one matters. Noise is everywhere, so
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
