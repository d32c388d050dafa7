// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import java.util.Arrays;

/**
 * Whether and when the detector would read an event out: IceCube's triggers on HLC launches
 * (arXiv:1612.05093, table of triggers).
 *
 * <ul>
 *   <li>SMT-8: 8 launches within 5 µs;
 *   <li>core: 3 launches within 2.5 µs on sensors of the dense core;
 *   <li>string: 5 launches on 7 adjacent sensors of a string within 1.5 µs;
 *   <li>volume: 4 launches within 1 µs in a cylinder of radius 175 m and half height 75 m around
 *       one of them.
 * </ul>
 *
 * <p>The triggered span runs from the first launch of the first trigger to the last launch of the
 * last. Reused; confined to one thread.
 */
final class TriggerLogic {
  private static final int MULTIPLICITY = 8;
  private static final double MULTIPLICITY_NS = 5_000;
  private static final int CORE_COUNT = 3;
  private static final double CORE_NS = 2_500;
  private static final int STRING_COUNT = 5;
  private static final int STRING_SPAN = 7;
  private static final double STRING_NS = 1_500;
  private static final int VOLUME_COUNT = 4;
  private static final double VOLUME_NS = 1_000;
  private static final double VOLUME_RADIUS_METERS = 175;
  private static final double VOLUME_HALF_HEIGHT_METERS = 75;

  private final SensorArray sensors;
  private long[] order = new long[256];
  private int[] slot = new int[256];
  private double[] timeNs = new double[256];
  private int count;
  private double firstNs;
  private double lastNs;

  TriggerLogic(SensorArray sensors) {
    this.sensors = sensors;
  }

  /** Looks at the HLC launches of an event; true if at least one trigger fires. */
  boolean fires(LaunchTable launches) {
    firstNs = Double.POSITIVE_INFINITY;
    lastNs = Double.NEGATIVE_INFINITY;
    if (launches.hlcCount() < CORE_COUNT) {
      return false;
    }
    sortByTime(launches);
    findMultiplicity();
    findCoreMultiplicity();
    // A local trigger matters only where it starts earlier or ends later than what is known.
    for (int start = 0; start < count && timeNs[start] < firstNs; start++) {
      double otherEndNs = localTriggerNs(start, 1);
      if (!Double.isNaN(otherEndNs)) {
        firstNs = timeNs[start];
        lastNs = Math.max(lastNs, otherEndNs);
      }
    }
    for (int end = count - 1; end >= 0 && timeNs[end] > lastNs; end--) {
      if (!Double.isNaN(localTriggerNs(end, -1))) {
        lastNs = timeNs[end];
      }
    }
    return firstNs <= lastNs;
  }

  /** Time of the first launch of the first trigger, ns; only after {@link #fires}. */
  double firstNs() {
    return firstNs;
  }

  /** Time of the last launch of the last trigger, ns; only after {@link #fires}. */
  double lastNs() {
    return lastNs;
  }

  private void sortByTime(LaunchTable launches) {
    if (order.length < launches.hlcCount()) {
      int capacity = Math.max(launches.hlcCount(), order.length * 2);
      order = new long[capacity];
      slot = new int[capacity];
      timeNs = new double[capacity];
    }
    count = 0;
    for (int launch = 0; launch < launches.count(); launch++) {
      if (launches.isHlc(launch)) {
        // 1/64 ns are whole numbers here; 2^31 of them lie beyond any window's width from 0.
        order[count++] = ((long) (launches.timeNs(launch) * 64) << 22) + launch;
      }
    }
    Arrays.sort(order, 0, count);
    for (int index = 0; index < count; index++) {
      int launch = (int) (order[index] & ((1L << 22) - 1));
      slot[index] = launches.slot(launch);
      timeNs[index] = launches.timeNs(launch);
    }
  }

  private void findMultiplicity() {
    for (int start = 0; start + MULTIPLICITY <= count; start++) {
      double end = timeNs[start + MULTIPLICITY - 1];
      if (end - timeNs[start] <= MULTIPLICITY_NS) {
        firstNs = Math.min(firstNs, timeNs[start]);
        lastNs = Math.max(lastNs, end);
      }
    }
  }

  private void findCoreMultiplicity() {
    double before = Double.NEGATIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    for (int launch = 0; launch < count; launch++) {
      if (!sensors.isCore(slot[launch])) {
        continue;
      }
      double now = timeNs[launch];
      if (now - before <= CORE_NS) {
        firstNs = Math.min(firstNs, before);
        lastNs = Math.max(lastNs, now);
      }
      before = last;
      last = now;
    }
  }

  /** Time of the launch that completes a string or volume trigger begun at one; NaN if none. */
  private double localTriggerNs(int start, int step) {
    int inVolume = 1;
    long onString = 1L << (STRING_SPAN - 1);
    for (int other = start + step; other >= 0 && other < count; other += step) {
      double gapNs = Math.abs(timeNs[other] - timeNs[start]);
      if (gapNs > STRING_NS) {
        break;
      }
      if (gapNs <= VOLUME_NS && isInVolume(start, other) && ++inVolume >= VOLUME_COUNT) {
        return timeNs[other];
      }
      int offset = slot[other] - slot[start];
      if (Math.abs(offset) < STRING_SPAN
          && sensors.string(slot[other]) == sensors.string(slot[start])) {
        onString |= 1L << (offset + STRING_SPAN - 1);
        if (hasFullSpan(onString)) {
          return timeNs[other];
        }
      }
    }
    return Double.NaN;
  }

  /** Whether any seven adjacent sensors that include the middle bit hold five launches. */
  private static boolean hasFullSpan(long onString) {
    for (int shift = 0; shift < STRING_SPAN; shift++) {
      if (Long.bitCount(onString >>> shift & ((1L << STRING_SPAN) - 1)) >= STRING_COUNT) {
        return true;
      }
    }
    return false;
  }

  private boolean isInVolume(int a, int b) {
    double dx = sensors.x(slot[a]) - sensors.x(slot[b]);
    double dy = sensors.y(slot[a]) - sensors.y(slot[b]);
    double dz = sensors.z(slot[a]) - sensors.z(slot[b]);
    return dx * dx + dy * dy <= VOLUME_RADIUS_METERS * VOLUME_RADIUS_METERS
        && Math.abs(dz) <= VOLUME_HALF_HEIGHT_METERS;
  }
}
