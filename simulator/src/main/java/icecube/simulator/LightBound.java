// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.IceModel;
import icecube.physics.IceOptics;

/**
 * More light than any sensor can get, by distance alone: what spares nearly all dark sensors the
 * exact formula.
 *
 * <p>For every 5 m of distance, the largest number of photo-electrons that one metre-equivalent of
 * light gives in any layer of the ice, with the most favourable angles and a sensor of high
 * efficiency, and a tenth more because a path may mix layers. Immutable and thread-safe.
 */
final class LightBound {
  private static final double STEP_METERS = 5;
  private static final int STEP_COUNT = 400;
  private static final double MIXED_LAYERS_ROOM = 1.1;

  /** Sensors that can expect no more photo-electrons than this stay dark. */
  static final double PE_FLOOR = 0.01;

  private final double[] pePerMeter = new double[STEP_COUNT];

  private LightBound() {}

  /** The bound for tracks, by perpendicular distance. */
  static LightBound ofTracks(IceModel ice) {
    return of(ice, true);
  }

  /** The bound for cascades. */
  static LightBound ofCascades(IceModel ice) {
    return of(ice, false);
  }

  private static LightBound of(IceModel ice, boolean isTrack) {
    var bound = new LightBound();
    var path = new LightPath(ice);
    double directionalityMax = isTrack ? 1 : Optics.cascadeDirectionality(IceOptics.COS_CHERENKOV);
    for (int step = 0; step < STEP_COUNT; step++) {
      double distance = step * STEP_METERS;
      double max = 0;
      for (int layer = 0; layer < IceModel.layerCount(); layer++) {
        path.through(IceModel.scatteringMeters(layer), IceModel.absorptionMeters(layer));
        double direct = path.directShare(Math.max(distance, LightPath.DISTANCE_MIN_METERS));
        double density = isTrack ? path.trackDensity(distance) : path.cascadeDensity(distance);
        double angles =
            (1 + direct * (directionalityMax - 1))
                * (1 + direct * (Optics.ANGULAR_SENSITIVITY_MAX - 1));
        max = Math.max(max, density * angles);
      }
      bound.pePerMeter[step] =
          max * Optics.PE_PER_METER * SensorArray.HIGH_EFFICIENCY * MIXED_LAYERS_ROOM;
    }
    return bound;
  }

  /** Most photo-electrons of {@code meters} of light at a distance. */
  double peMax(double meters, double distanceMeters) {
    int step = (int) (distanceMeters * (1 / STEP_METERS));
    return meters * pePerMeter[Math.min(step, STEP_COUNT - 1)];
  }

  /** The distance beyond which {@code meters} of light stay under {@link #PE_FLOOR}; ≤ 2 km. */
  double reachMeters(double meters) {
    int low = 1;
    int high = STEP_COUNT - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (meters * pePerMeter[middle] > PE_FLOOR) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low * STEP_METERS;
  }
}
