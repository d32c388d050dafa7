// SPDX-License-Identifier: Apache-2.0
package icecube.physics.perturbation;

import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.util.random.RandomGenerator;

/**
 * The array turned about a vertical axis, and the truth with it: pulses stay where they are, their
 * sensors move. So nothing is lost at the array's edge, and a model that knows where sensors are
 * only from its rows sees a detector that is as good as the other, but none it was trained on.
 *
 * @param angleRad how far, from x towards y
 * @param xMeters where the axis stands
 * @param yMeters where the axis stands
 */
public record ArrayTurn(double angleRad, double xMeters, double yMeters) implements Perturbation {
  /** The string in the middle of IceCube's hexagon. */
  private static final int MIDDLE_STRING = 36;

  public ArrayTurn {
    if (!Double.isFinite(angleRad + xMeters + yMeters)) {
      throw new IllegalArgumentException(
          "turn: %s rad around (%s, %s) (expected: finite)".formatted(angleRad, xMeters, yMeters));
    }
  }

  /**
   * A sixth of a turn around IceCube's string 36, which lays its triangular grid onto itself,
   * though not its outline nor DeepCore; around the mean of the sensors in any other detector.
   */
  public static ArrayTurn ofSixth(DetectorGeometry geometry) {
    int sensors = geometry.sensorCount();
    if (sensors == IceCube86.geometry().sensorCount()) {
      int sensor = IceCube86.sensorId(MIDDLE_STRING, 1);
      return new ArrayTurn(Math.PI / 3, geometry.xMeters(sensor), geometry.yMeters(sensor));
    }
    double sumX = 0;
    double sumY = 0;
    for (int sensor = 0; sensor < sensors; sensor++) {
      sumX += geometry.xMeters(sensor);
      sumY += geometry.yMeters(sensor);
    }
    return new ArrayTurn(Math.PI / 3, sumX / sensors, sumY / sensors);
  }

  @Override
  public String name() {
    return "array turned " + Math.round(Math.toDegrees(angleRad)) + " degrees";
  }

  @Override
  public PulseSeries perturb(PulseSeries pulses, RandomGenerator random) {
    return pulses;
  }

  @Override
  public Direction truth(Direction truth) {
    double cosine = Math.cos(angleRad);
    double sine = Math.sin(angleRad);
    return new Direction(
        cosine * truth.x() - sine * truth.y(), sine * truth.x() + cosine * truth.y(), truth.z());
  }

  @Override
  public DetectorGeometry geometry(DetectorGeometry geometry) {
    double cosine = Math.cos(angleRad);
    double sine = Math.sin(angleRad);
    int count = geometry.sensorCount();
    float[] x = new float[count];
    float[] y = new float[count];
    float[] z = new float[count];
    for (int sensor = 0; sensor < count; sensor++) {
      double fromX = geometry.xMeters(sensor) - xMeters;
      double fromY = geometry.yMeters(sensor) - yMeters;
      x[sensor] = (float) (xMeters + cosine * fromX - sine * fromY);
      y[sensor] = (float) (yMeters + sine * fromX + cosine * fromY);
      z[sensor] = geometry.zMeters(sensor);
    }
    return DetectorGeometry.of(geometry.id() + "-turned", x, y, z);
  }
}
