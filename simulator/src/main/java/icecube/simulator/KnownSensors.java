// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.DetectorGeometry;
import icecube.physics.IceCube86;
import java.util.BitSet;

/**
 * What is known of single sensors of IceCube: which never answer, and which see more light.
 *
 * <p>77 of the 5,160 are dead: they have no row in the table of live sensors that GraphNeT ships
 * ({@code icecube86.parquet}). A photomultiplier of high quantum efficiency (1.35 in the same
 * table) have all sensors of the strings 81..86 and 41 on the strings 36, 43, 79 and 80. A sensor's
 * id is (string − 1) · 60 + (DOM − 1).
 */
final class KnownSensors {
  /** A detector whose sensors all lie this near to IceCube's nominal places is IceCube. */
  static final double SAME_PLACE_METERS = 30;

  private static final int FIRST_EFFICIENT_STRING = 81;

  private static final BitSet DEAD =
      setOf(
          260, 261, 394, 395, 396, 397, 398, 399, 400, 401, 404, 405, 478, 479, 494, 495, 600, 601,
          1064, 1065, 1435, 1545, 1566, 1567, 1660, 1661, 1738, 1739, 1762, 1799, 1916, 1917, 1990,
          1991, 1992, 1993, 1994, 1996, 2001, 2301, 2372, 2373, 2390, 2391, 2506, 2507, 2604, 2605,
          2626, 2627, 2814, 2815, 2934, 2935, 2975, 3136, 3137, 3226, 3524, 3525, 3932, 3933, 3944,
          3945, 4102, 4103, 4123, 4126, 4127, 4238, 4388, 4396, 4397, 4734, 4735, 5126, 5127);

  private static final BitSet EFFICIENT_ELSEWHERE =
      setOf(
          2143, 2145, 2147, 2148, 2149, 2150, 2151, 2152, 2153, 2154, 2155, 2156, 2157, 2158, 2574,
          4709, 4710, 4712, 4713, 4714, 4715, 4716, 4717, 4718, 4719, 4721, 4723, 4769, 4770, 4771,
          4772, 4773, 4774, 4775, 4776, 4777, 4778, 4779, 4780, 4781, 4782);

  private KnownSensors() {}

  private static BitSet setOf(int... ids) {
    var set = new BitSet(IceCube86.STRING_COUNT * IceCube86.DOM_COUNT);
    for (int id : ids) {
      set.set(id);
    }
    return set;
  }

  /** Whether a geometry is IceCube's, nominal or surveyed, with its numbering. */
  static boolean areOf(DetectorGeometry geometry) {
    var nominal = IceCube86.geometry();
    if (geometry.sensorCount() != nominal.sensorCount()) {
      return false;
    }
    for (int sensor = 0; sensor < nominal.sensorCount(); sensor++) {
      double dx = geometry.xMeters(sensor) - nominal.xMeters(sensor);
      double dy = geometry.yMeters(sensor) - nominal.yMeters(sensor);
      double dz = geometry.zMeters(sensor) - nominal.zMeters(sensor);
      if (dx * dx + dy * dy + dz * dz > SAME_PLACE_METERS * SAME_PLACE_METERS) {
        return false;
      }
    }
    return true;
  }

  /** Whether a sensor of IceCube never answers. */
  static boolean isDead(int sensorId) {
    return DEAD.get(sensorId);
  }

  /** Whether a sensor of IceCube has a photomultiplier of high quantum efficiency. */
  static boolean isEfficient(int sensorId) {
    return EFFICIENT_ELSEWHERE.get(sensorId)
        || sensorId >= (FIRST_EFFICIENT_STRING - 1) * IceCube86.DOM_COUNT;
  }
}
