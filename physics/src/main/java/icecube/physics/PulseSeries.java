// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Arrays;

/**
 * The pulses of one event as four parallel columns: sensor, time, charge, auxiliary flag.
 *
 * <p>Columns, because an event may have 178,250 pulses (the largest of the Kaggle set) and an
 * object for each would cost more than the physics. The series holds what was recorded, right or
 * wrong: a negative charge or an unknown sensor is representable, so that it can be carried to the
 * place that refuses it with a reason ({@link EventDefect}).
 *
 * <p>Units: time in ns, relative to the event; charge in photo-electrons (p.e.). Immutable and
 * thread-safe: columns are copied in and never handed out.
 */
public final class PulseSeries {
  /** A series without a pulse. */
  public static final PulseSeries EMPTY =
      new PulseSeries(new int[0], new float[0], new float[0], new boolean[0]);

  private final int[] sensorId;
  private final float[] timeNs;
  private final float[] chargePe;
  private final boolean[] auxiliary;

  private PulseSeries(int[] sensorId, float[] timeNs, float[] chargePe, boolean[] auxiliary) {
    this.sensorId = sensorId;
    this.timeNs = timeNs;
    this.chargePe = chargePe;
    this.auxiliary = auxiliary;
  }

  /**
   * Copies four columns of equal length.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  public static PulseSeries of(
      int[] sensorId, float[] timeNs, float[] chargePe, boolean[] auxiliary) {
    requireEqualLengths(sensorId.length, timeNs.length, chargePe.length, auxiliary.length);
    return copyOf(sensorId, timeNs, chargePe, auxiliary, 0, sensorId.length);
  }

  /**
   * Copies the pulses {@code from} (inclusive) to {@code to} (exclusive) out of longer columns, as
   * a reader of many contiguous events holds them.
   *
   * @throws IndexOutOfBoundsException if the range does not lie within every column
   */
  public static PulseSeries copyOf(
      int[] sensorId, float[] timeNs, float[] chargePe, boolean[] auxiliary, int from, int to) {
    int shortest =
        Math.min(
            Math.min(sensorId.length, timeNs.length), Math.min(chargePe.length, auxiliary.length));
    if (from < 0 || to < from || to > shortest) {
      throw new IndexOutOfBoundsException(
          "pulses: " + from + ".." + to + " (expected: within 0.." + shortest + ")");
    }
    return new PulseSeries(
        Arrays.copyOfRange(sensorId, from, to),
        Arrays.copyOfRange(timeNs, from, to),
        Arrays.copyOfRange(chargePe, from, to),
        Arrays.copyOfRange(auxiliary, from, to));
  }

  private static void requireEqualLengths(int sensors, int times, int charges, int auxiliaries) {
    if (times != sensors || charges != sensors || auxiliaries != sensors) {
      throw new IllegalArgumentException(
          "pulse columns: sensor_id %d, time %d, charge %d, auxiliary %d (expected: equal lengths)"
              .formatted(sensors, times, charges, auxiliaries));
    }
  }

  /** Number of pulses. */
  public int count() {
    return sensorId.length;
  }

  /** Sensor of pulse {@code index}; 0..5159 in IceCube, if the pulse is sound. */
  public int sensorId(int index) {
    return sensorId[index];
  }

  /** Time of pulse {@code index} in ns, relative to the event. */
  public float timeNs(int index) {
    return timeNs[index];
  }

  /** Charge of pulse {@code index} in photo-electrons. */
  public float chargePe(int index) {
    return chargePe[index];
  }

  /**
   * Whether pulse {@code index} lacked hard local coincidence: no neighbour on its string saw light
   * within 1 µs, so it is more likely noise.
   */
  public boolean auxiliary(int index) {
    return auxiliary[index];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PulseSeries that
        && Arrays.equals(sensorId, that.sensorId)
        && Arrays.equals(timeNs, that.timeNs)
        && Arrays.equals(chargePe, that.chargePe)
        && Arrays.equals(auxiliary, that.auxiliary);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sensorId) * 31 + Arrays.hashCode(timeNs);
  }

  @Override
  public String toString() {
    return "PulseSeries[count=" + count() + "]";
  }
}
