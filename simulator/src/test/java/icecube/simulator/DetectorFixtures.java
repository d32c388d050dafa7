// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.DetectorGeometry;

/** Small detectors for tests. */
final class DetectorFixtures {
  private DetectorFixtures() {}

  /** A square of upright strings 125 m apart, sensors 17 m apart, centred on z = −200 m. */
  static DetectorGeometry grid(int side, int sensorsPerString) {
    int count = side * side * sensorsPerString;
    float[] x = new float[count];
    float[] y = new float[count];
    float[] z = new float[count];
    for (int sensor = 0; sensor < count; sensor++) {
      int string = sensor / sensorsPerString;
      int row = string / side;
      x[sensor] = 125f * (string % side);
      y[sensor] = 125f * row;
      z[sensor] = -200 + 17f * ((sensorsPerString - 1) / 2f - sensor % sensorsPerString);
    }
    return DetectorGeometry.of("grid", x, y, z);
  }

  /** Sensors on a level line along x at the given distances from 0, one string each. */
  static DetectorGeometry row(float zMeters, float... xMeters) {
    float[] y = new float[xMeters.length];
    float[] z = new float[xMeters.length];
    java.util.Arrays.fill(z, zMeters);
    return DetectorGeometry.of("row", xMeters, y, z);
  }
}
