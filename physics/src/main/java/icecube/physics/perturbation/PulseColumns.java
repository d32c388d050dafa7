// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.PulseSeries;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The columns of an event's pulses, to be changed and made pulses again. Confined to one thread.
 */
final class PulseColumns {
  final int[] sensorId;
  final float[] timeNs;
  final float[] chargePe;
  final boolean[] auxiliary;

  private PulseColumns(int count) {
    sensorId = new int[count];
    timeNs = new float[count];
    chargePe = new float[count];
    auxiliary = new boolean[count];
  }

  static PulseColumns of(PulseSeries pulses) {
    PulseColumns columns = new PulseColumns(pulses.count());
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      columns.take(pulse, pulses, pulse);
    }
    return columns;
  }

  private void take(int at, PulseSeries pulses, int pulse) {
    sensorId[at] = pulses.sensorId(pulse);
    timeNs[at] = pulses.timeNs(pulse);
    chargePe[at] = pulses.chargePe(pulse);
    auxiliary[at] = pulses.auxiliary(pulse);
  }

  PulseSeries toPulses() {
    return PulseSeries.of(sensorId, timeNs, chargePe, auxiliary);
  }

  /** The pulses by time, equal times in the order they stand in; no time may be below 0. */
  PulseSeries toSortedPulses() {
    long[] keys = new long[timeNs.length];
    for (int pulse = 0; pulse < keys.length; pulse++) {
      // Floats that are not negative stand in the order of their bits.
      keys[pulse] = ((long) Float.floatToIntBits(timeNs[pulse]) << 32) | pulse;
    }
    Arrays.sort(keys);
    PulseSeries unsorted = toPulses();
    PulseColumns sorted = new PulseColumns(keys.length);
    for (int at = 0; at < keys.length; at++) {
      sorted.take(at, unsorted, (int) keys[at]);
    }
    return sorted.toPulses();
  }

  /** The pulses that {@code keeps}, asked once for each in order. */
  static PulseSeries kept(PulseSeries pulses, IntPredicate keeps) {
    PulseColumns columns = new PulseColumns(pulses.count());
    int count = 0;
    for (int pulse = 0; pulse < pulses.count(); pulse++) {
      if (keeps.test(pulse)) {
        columns.take(count, pulses, pulse);
        count++;
      }
    }
    return PulseSeries.copyOf(
        columns.sensorId, columns.timeNs, columns.chargePe, columns.auxiliary, 0, count);
  }

  /** Checks the chance of something, 0..1. */
  static double requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(name + ": " + share + " (expected: 0..1)");
    }
    return share;
  }

  /** For example {@code 10 %}. */
  static String percent(double share) {
    return Math.round(100 * share) + " %";
  }
}
