// SPDX-License-Identifier: Apache-2.0
package icecube.dataset;

import icecube.physics.PulseSeries;

/** Some rows of a batch file, column by column; a buffer that its reader fills again and again. */
final class PulseBlock {
  /** The most rows at a time: five columns of this stay within the second-level cache. */
  static final int ROW_COUNT_MAX = 8192;

  final long[] eventId = new long[ROW_COUNT_MAX];
  final int[] sensorId = new int[ROW_COUNT_MAX];
  final float[] timeNs = new float[ROW_COUNT_MAX];
  final float[] chargePe = new float[ROW_COUNT_MAX];
  final boolean[] auxiliary = new boolean[ROW_COUNT_MAX];

  /** Where the rows of the event at {@code from} end, before {@code count}. */
  int endOfEvent(int from, int count) {
    long id = eventId[from];
    int at = from + 1;
    while (at < count && eventId[at] == id) {
      at++;
    }
    return at;
  }

  PulseSeries pulses(int from, int to) {
    return PulseSeries.copyOf(sensorId, timeNs, chargePe, auxiliary, from, to);
  }

  /** A sensor id that is no int is no sensor either: keep it representable and wrong. */
  static int saturatedInt(long value) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
  }
}
