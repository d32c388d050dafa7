// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a track's likelihood looks at: of each sensor its place, the time of its first pulse and the
 * charge of all its pulses; coincident pulses only, unless these light fewer than {@value
 * #SENSOR_COUNT_MIN} sensors.
 *
 * <p>If more than {@value #SENSOR_COUNT_MAX} are lit, those of the largest charge. Immutable and
 * thread-safe once made.
 */
final class PandelPulses {
  /** Five numbers are fitted; fewer sensors fix no track. */
  static final int SENSOR_COUNT_MIN = 5;

  /** The most sensors of an event that a fit looks at. */
  static final int SENSOR_COUNT_MAX = 256;

  /** The farthest place from the detector's centre, along any axis, that is taken for one. */
  static final double PLACE_METERS_MAX = 1e5;

  private static final int TIME = 3;
  private static final int CHARGE = 4;
  private static final int AUXILIARY = 5;

  private record Place(float x, float y, float z) {}

  private final double[] xMeters;
  private final double[] yMeters;
  private final double[] zMeters;
  private final double[] timeNs;
  private final double[] chargePe;

  private PandelPulses(
      double[] xMeters, double[] yMeters, double[] zMeters, double[] timeNs, double[] chargePe) {
    this.xMeters = xMeters;
    this.yMeters = yMeters;
    this.zMeters = zMeters;
    this.timeNs = timeNs;
    this.chargePe = chargePe;
  }

  private PandelPulses(int count) {
    this(
        new double[count],
        new double[count],
        new double[count],
        new double[count],
        new double[count]);
  }

  /** Of one event; empty if all its pulses light too few sensors, or at no place or time. */
  static Optional<PandelPulses> of(FeatureTable table, int event) {
    var coincident = of(table, event, true);
    var pulses = coincident.count() >= SENSOR_COUNT_MIN ? coincident : of(table, event, false);
    return pulses.count() >= SENSOR_COUNT_MIN && pulses.areInReach()
        ? Optional.of(pulses.brightest())
        : Optional.empty();
  }

  private static PandelPulses of(FeatureTable table, int event, boolean coincidentOnly) {
    Map<Place, Integer> sensors = new HashMap<>();
    var all = new PandelPulses(table.rowCount(event));
    for (int index = 0; index < table.rowCount(event); index++) {
      int row = table.firstRow(event) + index;
      if (!coincidentOnly || !(table.value(row, AUXILIARY) > 0.5f)) {
        var place = new Place(table.value(row, 0), table.value(row, 1), table.value(row, 2));
        int next = sensors.size();
        int sensor = sensors.computeIfAbsent(place, key -> next);
        if (sensor == next) {
          all.put(sensor, place);
        }
        all.add(sensor, table.value(row, TIME), table.value(row, CHARGE));
      }
    }
    return all.first(sensors.size());
  }

  private void put(int sensor, Place place) {
    xMeters[sensor] = (double) FeatureTable.POSITION_SCALE_METERS * place.x();
    yMeters[sensor] = (double) FeatureTable.POSITION_SCALE_METERS * place.y();
    zMeters[sensor] = (double) FeatureTable.POSITION_SCALE_METERS * place.z();
    timeNs[sensor] = Double.POSITIVE_INFINITY;
  }

  private void add(int sensor, float time, float charge) {
    double ns = (double) FeatureTable.TIME_SCALE_NS * time;
    timeNs[sensor] = Math.min(timeNs[sensor], ns);
    chargePe[sensor] += Math.pow(10, (double) FeatureTable.CHARGE_SCALE_DECADES * charge);
  }

  private PandelPulses first(int count) {
    return new PandelPulses(
        Arrays.copyOf(xMeters, count),
        Arrays.copyOf(yMeters, count),
        Arrays.copyOf(zMeters, count),
        Arrays.copyOf(timeNs, count),
        Arrays.copyOf(chargePe, count));
  }

  private boolean areInReach() {
    for (int sensor = 0; sensor < count(); sensor++) {
      double farthest =
          Math.max(
              Math.max(Math.abs(xMeters[sensor]), Math.abs(yMeters[sensor])),
              Math.abs(zMeters[sensor]));
      if (!(farthest <= PLACE_METERS_MAX)
          || !(Math.abs(timeNs[sensor]) <= EventDefect.TIME_NS_MAX)) {
        return false;
      }
    }
    return true;
  }

  private PandelPulses brightest() {
    if (count() <= SENSOR_COUNT_MAX) {
      return this;
    }
    double[] sorted = chargePe.clone();
    Arrays.sort(sorted);
    double least = sorted[sorted.length - SENSOR_COUNT_MAX];
    var kept = new PandelPulses(SENSOR_COUNT_MAX);
    int brighter = (int) Arrays.stream(chargePe).filter(pe -> pe > least).count();
    int alike = SENSOR_COUNT_MAX - brighter;
    int next = 0;
    for (int sensor = 0; sensor < count(); sensor++) {
      boolean isAlike = chargePe[sensor] == least;
      if (chargePe[sensor] > least || (isAlike && alike > 0)) {
        alike -= isAlike ? 1 : 0;
        kept.xMeters[next] = xMeters[sensor];
        kept.yMeters[next] = yMeters[sensor];
        kept.zMeters[next] = zMeters[sensor];
        kept.timeNs[next] = timeNs[sensor];
        kept.chargePe[next] = chargePe[sensor];
        next++;
      }
    }
    return kept;
  }

  /** Number of sensors. */
  int count() {
    return timeNs.length;
  }

  double xMeters(int sensor) {
    return xMeters[sensor];
  }

  double yMeters(int sensor) {
    return yMeters[sensor];
  }

  double zMeters(int sensor) {
    return zMeters[sensor];
  }

  /** When the first pulse of sensor {@code sensor} came, ns. */
  double timeNs(int sensor) {
    return timeNs[sensor];
  }

  /** Charge of all pulses of sensor {@code sensor}, p.e. */
  double chargePe(int sensor) {
    return chargePe[sensor];
  }
}
