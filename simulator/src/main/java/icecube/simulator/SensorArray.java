// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.DetectorGeometry;
import icecube.physics.IceModel;
import java.util.Arrays;

/**
 * The sensors as the simulation walks them: string after string, each from top to bottom, so that a
 * slot's neighbours on its string are the slots beside it.
 *
 * <p>Holds per slot what light needs and what never changes: place, depth sums of the ice, quantum
 * efficiency. Immutable and thread-safe.
 */
final class SensorArray {
  /** Relative quantum efficiency of the DOMs of DeepCore. */
  static final double HIGH_EFFICIENCY = 1.35;

  /** Strings whose median sensor spacing lies below this are dense strings like DeepCore's. */
  static final double DENSE_SPACING_METERS = 12;

  /** The core's trigger looks at sensors below this depth, metres: under the dust layer. */
  static final double CORE_DEPTH_METERS = 2_100;

  /** ... and this near to the middle of the dense strings: they and the seven strings around. */
  static final double CORE_RADIUS_METERS = 150;

  private final int[] sensorId;
  private final int[] string;
  private final int[] stringStart;
  private final double[] x;
  private final double[] y;
  private final double[] z;
  private final double[] scatterings;
  private final double[] absorptions;
  private final boolean[] dense;
  private final boolean[] alive;
  private final boolean[] efficient;
  private final boolean[] core;
  private final Bounds bounds;

  /**
   * The upright cylinder around all sensors, metres.
   *
   * @param x centre
   * @param y centre
   * @param radius largest horizontal distance of a sensor from the centre
   * @param bottom height of the lowest sensor
   * @param top height of the highest sensor
   */
  record Bounds(double x, double y, double radius, double bottom, double top) {}

  SensorArray(DetectorGeometry geometry, IceModel ice) {
    int count = geometry.sensorCount();
    sensorId = slotOrder(geometry);
    string = new int[count];
    x = new double[count];
    y = new double[count];
    z = new double[count];
    scatterings = new double[count];
    absorptions = new double[count];
    dense = new boolean[count];
    alive = new boolean[count];
    efficient = new boolean[count];
    core = new boolean[count];
    stringStart = new int[geometry.stringCount() + 1];
    for (int slot = 0; slot < count; slot++) {
      int sensor = sensorId[slot];
      string[slot] = geometry.stringId(sensor) - 1;
      stringStart[string[slot] + 1] = slot + 1;
      x[slot] = geometry.xMeters(sensor);
      y[slot] = geometry.yMeters(sensor);
      z[slot] = geometry.zMeters(sensor);
      double depth = IceModel.depthMeters(z[slot]);
      scatterings[slot] = ice.scatteringsTo(depth);
      absorptions[slot] = ice.absorptionsTo(depth);
    }
    markDense();
    bounds = boundsOf();
    markCore();
    boolean isIceCube = KnownSensors.areOf(geometry);
    for (int slot = 0; slot < count; slot++) {
      alive[slot] = !(isIceCube && KnownSensors.isDead(sensorId[slot]));
      efficient[slot] = isIceCube ? KnownSensors.isEfficient(sensorId[slot]) : dense[slot];
    }
  }

  /** Sensor ids by string, then from top to bottom, then by id. */
  private static int[] slotOrder(DetectorGeometry geometry) {
    var order = new Integer[geometry.sensorCount()];
    Arrays.setAll(order, sensor -> sensor);
    Arrays.sort(
        order,
        (a, b) -> {
          int byString = Integer.compare(geometry.stringId(a), geometry.stringId(b));
          int byHeight = Float.compare(geometry.zMeters(b), geometry.zMeters(a));
          return byString != 0 ? byString : byHeight != 0 ? byHeight : Integer.compare(a, b);
        });
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  private void markDense() {
    for (int s = 0; s < stringCount(); s++) {
      int from = stringStart[s];
      int to = stringStart[s + 1];
      if (to - from < 2) {
        continue;
      }
      double[] gaps = new double[to - from - 1];
      for (int slot = from; slot < to - 1; slot++) {
        gaps[slot - from] = z[slot] - z[slot + 1];
      }
      Arrays.sort(gaps);
      if (gaps[gaps.length / 2] < DENSE_SPACING_METERS) {
        Arrays.fill(dense, from, to, true);
      }
    }
  }

  private void markCore() {
    double sumX = 0;
    double sumY = 0;
    int marked = 0;
    for (int slot = 0; slot < count(); slot++) {
      sumX += dense[slot] ? x[slot] : 0;
      sumY += dense[slot] ? y[slot] : 0;
      marked += dense[slot] ? 1 : 0;
    }
    for (int slot = 0; slot < count() && marked > 0; slot++) {
      double dx = x[slot] - sumX / marked;
      double dy = y[slot] - sumY / marked;
      core[slot] =
          IceModel.depthMeters(z[slot]) > CORE_DEPTH_METERS
              && dx * dx + dy * dy < CORE_RADIUS_METERS * CORE_RADIUS_METERS;
    }
  }

  private Bounds boundsOf() {
    double left = Arrays.stream(x).min().orElseThrow();
    double right = Arrays.stream(x).max().orElseThrow();
    double front = Arrays.stream(y).min().orElseThrow();
    double back = Arrays.stream(y).max().orElseThrow();
    double centreX = (left + right) / 2;
    double centreY = (front + back) / 2;
    double squareMax = 0;
    for (int slot = 0; slot < count(); slot++) {
      double dx = x[slot] - centreX;
      double dy = y[slot] - centreY;
      squareMax = Math.max(squareMax, dx * dx + dy * dy);
    }
    double bottom = Arrays.stream(z).min().orElseThrow();
    double top = Arrays.stream(z).max().orElseThrow();
    return new Bounds(centreX, centreY, Math.sqrt(squareMax), bottom, top);
  }

  /** Number of slots = sensors. */
  int count() {
    return sensorId.length;
  }

  /** Number of strings, numbered from 0 here. */
  int stringCount() {
    return stringStart.length - 1;
  }

  /** The first slot of a string; that of string {@code stringCount} is the end of all. */
  int stringStart(int stringIndex) {
    return stringStart[stringIndex];
  }

  /**
   * The first slot of a string at or below a height, so that {@code [firstBelow(s, top),
   * firstBelow(s, bottom))} are the slots with bottom &lt; z &le; top.
   */
  int firstBelow(int stringIndex, double zMeters) {
    int low = stringStart[stringIndex];
    int high = stringStart[stringIndex + 1];
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (z[middle] > zMeters) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int sensorId(int slot) {
    return sensorId[slot];
  }

  /** The string of a slot, from 0. */
  int string(int slot) {
    return string[slot];
  }

  double x(int slot) {
    return x[slot];
  }

  double y(int slot) {
    return y[slot];
  }

  double z(int slot) {
    return z[slot];
  }

  /** Relative quantum efficiency: 1, {@value #HIGH_EFFICIENCY}, or 0 of a dead sensor. */
  double efficiency(int slot) {
    return !alive[slot] ? 0 : efficient[slot] ? HIGH_EFFICIENCY : 1;
  }

  /** Whether a sensor answers at all. */
  boolean isAlive(int slot) {
    return alive[slot];
  }

  /** Whether a sensor has a photomultiplier of high quantum efficiency. */
  boolean isEfficient(int slot) {
    return efficient[slot];
  }

  /** Whether a sensor belongs to the dense core and its trigger. */
  boolean isCore(int slot) {
    return core[slot];
  }

  /** The cylinder around all sensors. */
  Bounds bounds() {
    return bounds;
  }

  /** Ends a path of light at a slot. */
  void endPathAt(int slot, LightPath path) {
    path.endAt(IceModel.depthMeters(z[slot]), scatterings[slot], absorptions[slot]);
  }
}
