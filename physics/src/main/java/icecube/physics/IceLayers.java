// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

/**
 * How clear the ice is around a height of the detector: effective scattering and absorption length
 * of {@link IceModel}, each the inverse of the mean of 1/length over {@value #HALF_SPAN_METERS} m
 * above and below, since light does not come from the sensor's own depth alone. Stateless and
 * thread-safe.
 */
final class IceLayers {
  /** Heights over which a length is averaged, metres to either side. */
  static final double HALF_SPAN_METERS = 40;

  private static final IceModel ICE = new IceModel();

  private IceLayers() {}

  /** Effective scattering length around height {@code zMeters}, metres. */
  static double scatteringMeters(double zMeters) {
    double depth = IceModel.depthMeters(zMeters);
    return 2
        * HALF_SPAN_METERS
        / (ICE.scatteringsTo(depth + HALF_SPAN_METERS)
            - ICE.scatteringsTo(depth - HALF_SPAN_METERS));
  }

  /** Absorption length around height {@code zMeters}, metres. */
  static double absorptionMeters(double zMeters) {
    double depth = IceModel.depthMeters(zMeters);
    return 2
        * HALF_SPAN_METERS
        / (ICE.absorptionsTo(depth + HALF_SPAN_METERS)
            - ICE.absorptionsTo(depth - HALF_SPAN_METERS));
  }
}
