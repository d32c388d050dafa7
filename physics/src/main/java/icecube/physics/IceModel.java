// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * How clear the ice is at each depth: 110 layers of 10 m, from the SPICE-Mie fit to IceCube's
 * flashers (M. G. Aartsen et al., <a href="https://arxiv.org/abs/1301.5361">arXiv:1301.5361</a>,
 * page 31; 400 nm).
 *
 * <p>A path through many layers scatters and absorbs by the mean of 1/length over the depths it
 * crosses; sums from the top make that mean one subtraction. The published depths lie within 0.6 m
 * of an even grid and are used as that grid. Above and below the table its end layers go on.
 * Immutable and thread-safe.
 */
public final class IceModel {
  /** Depth of z = 0 of the detector's coordinates, metres. */
  public static final double CENTRE_DEPTH_METERS = 1948.07;

  private static final double LAYER_METERS = 10;

  /** Depth of the first layer's upper side, metres. */
  private static final double TOP_METERS = 1398.4 - LAYER_METERS / 2;

  /** Effective scattering length of each layer, metres. */
  private static final double[] SCATTERING_METERS = {
    13.2, 14.0, 14.7, 17.0, 16.0, 14.4, 16.0, 20.8, 26.7, 34.7,
    39.7, 38.7, 27.8, 16.6, 13.7, 13.5, 15.7, 15.7, 14.7, 17.6,
    21.6, 24.0, 20.0, 17.8, 28.9, 36.9, 42.1, 46.5, 45.4, 39.1,
    30.6, 26.5, 19.3, 20.8, 20.1, 20.3, 24.5, 33.5, 36.2, 35.4,
    32.3, 40.2, 44.7, 34.5, 30.6, 27.5, 19.7, 21.4, 28.8, 38.3,
    38.4, 44.2, 50.5, 46.6, 36.8, 26.7, 20.3, 17.4, 16.1, 9.4,
    10.6, 13.2, 10.9, 6.8, 5.5, 5.0, 7.2, 9.8, 12.2, 21.1,
    54.3, 50.5, 33.5, 34.6, 48.4, 53.2, 46.3, 32.9, 27.4, 30.5,
    28.9, 35.1, 39.9, 48.0, 53.3, 54.8, 57.9, 61.1, 76.8, 79.0,
    75.6, 75.3, 78.0, 59.4, 51.8, 32.9, 23.9, 28.6, 32.5, 44.5,
    56.9, 57.5, 54.3, 61.3, 68.8, 77.6, 79.8, 89.4, 80.7, 56.7,
  };

  /** Absorption length of each layer, metres. */
  private static final double[] ABSORPTION_METERS = {
    45.1, 48.6, 53.2, 57.6, 57.6, 52.2, 60.1, 74.6, 96.6, 110.5, 135.6, 134.7, 98.2, 64.7, 48.5,
    44.3, 54.4, 56.7, 52.1, 60.7, 72.7, 78.9, 68.7, 66.6, 100.0, 128.6, 148.2, 165.7, 156.0, 138.5,
    113.9, 90.2, 73.5, 75.9, 67.8, 68.6, 83.8, 119.5, 121.6, 108.3, 113.4, 139.1, 148.1, 122.8,
    113.8, 89.9, 71.7, 70.6, 95.9, 116.5, 143.6, 169.4, 178.0, 156.5, 135.3, 103.9, 75.2, 66.2,
    53.7, 33.6, 36.2, 44.0, 40.4, 24.9, 20.1, 17.9, 28.4, 34.4, 41.6, 84.4, 173.1, 180.8, 116.7,
    120.4, 164.4, 172.8, 149.2, 108.4, 91.1, 98.9, 94.0, 113.1, 134.8, 154.1, 157.6, 180.5, 179.7,
    185.2, 227.2, 220.8, 223.9, 256.6, 264.4, 193.7, 159.1, 118.7, 86.2, 104.0, 119.7, 140.6, 203.5,
    201.8, 178.2, 206.0, 205.2, 232.1, 259.4, 276.1, 244.3, 185.2,
  };

  private final double[] scatteringSum = sums(SCATTERING_METERS);
  private final double[] absorptionSum = sums(ABSORPTION_METERS);

  private static double[] sums(double[] lengthMeters) {
    double[] sum = new double[lengthMeters.length + 1];
    for (int layer = 0; layer < lengthMeters.length; layer++) {
      sum[layer + 1] = sum[layer] + LAYER_METERS / lengthMeters[layer];
    }
    return sum;
  }

  /** Depth below the surface of a height in detector coordinates, metres. */
  public static double depthMeters(double zMeters) {
    return CENTRE_DEPTH_METERS - zMeters;
  }

  /** Effective scattering lengths from the table's top straight down to a depth; a pure number. */
  public double scatteringsTo(double depthMeters) {
    return interpolate(scatteringSum, depthMeters);
  }

  /** Absorption lengths from the table's top straight down to a depth; a pure number. */
  public double absorptionsTo(double depthMeters) {
    return interpolate(absorptionSum, depthMeters);
  }

  private static double interpolate(double[] sum, double depthMeters) {
    double position = (depthMeters - TOP_METERS) / LAYER_METERS;
    int layer = Math.max(0, Math.min(sum.length - 2, (int) position));
    return sum[layer] + (position - layer) * (sum[layer + 1] - sum[layer]);
  }

  /** Number of layers of the table. */
  public static int layerCount() {
    return SCATTERING_METERS.length;
  }

  /** Effective scattering length of a layer, metres; layer 0 is the highest. */
  public static double scatteringMeters(int layer) {
    return SCATTERING_METERS[layer];
  }

  /** Absorption length of a layer, metres. */
  public static double absorptionMeters(int layer) {
    return ABSORPTION_METERS[layer];
  }
}
