// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.IceOptics;

/**
 * The times at which the photons of one source reach one sensor: the straight way, one Gamma draw
 * for all scattering (Pandel's law: shape d_eff/λ, rate 1/τ + c_ice/λ_a), the sensor's jitter, and
 * its rare early, late and after-pulses.
 *
 * <p>Confined to one thread.
 */
final class PhotonArrivals {
  private final PhotonBuffer photons;
  private final RandomStream random;

  PhotonArrivals(PhotonBuffer photons, RandomStream random) {
    this.photons = photons;
    this.random = random;
  }

  /**
   * Draws the number of photons and the time of each.
   *
   * @param u the uniform number that has decided that the sensor may be lit
   * @param geometricNs when light that is not scattered arrives
   * @param shape d_eff/λ
   * @param tauNs Pandel's τ
   */
  void draw(
      int slot,
      double meanPe,
      double u,
      double geometricNs,
      double shape,
      double tauNs,
      double absorptionMeters) {
    int count = photons.drawCount(random, meanPe, u);
    if (count == 0) {
      return;
    }
    double scaleNs = scaleNs(tauNs, absorptionMeters);
    for (int photon = 0; photon < count; photon++) {
      detect(slot, geometricNs + random.gamma(shape) * scaleNs);
    }
  }

  /**
   * The same for the light of a shower, each photon from a place of its own along the axis.
   *
   * @param maximumNs when the shower is at its brightest place
   * @param showerShape shape of the Gamma law of the places, in units of {@link
   *     Optics#SHOWER_UNIT_METERS}
   * @param distanceMeters from the brightest place to the sensor
   * @param cosPsi cosine of the angle between the axis and the way to the sensor
   */
  void drawAlongShower(
      int slot,
      double meanPe,
      double u,
      double maximumNs,
      double shape,
      double tauNs,
      double absorptionMeters,
      double showerShape,
      double distanceMeters,
      double cosPsi) {
    int count = photons.drawCount(random, meanPe, u);
    if (count == 0) {
      return;
    }
    double scaleNs = scaleNs(tauNs, absorptionMeters);
    for (int photon = 0; photon < count; photon++) {
      double ahead = (random.gamma(showerShape) - (showerShape - 1)) * Optics.SHOWER_UNIT_METERS;
      double flightNs = flightNs(ahead, distanceMeters, cosPsi);
      detect(slot, maximumNs + flightNs + random.gamma(shape) * scaleNs);
    }
  }

  /**
   * Time from the shower's passage of its brightest place until light that leaves the axis {@code
   * ahead} of it is at the sensor, unscattered: ahead/c + √(d² − 2 d·ahead·cos ψ + ahead²)/c_ice.
   */
  static double flightNs(double ahead, double distanceMeters, double cosPsi) {
    double square = distanceMeters * (distanceMeters - 2 * ahead * cosPsi) + ahead * ahead;
    return ahead / IceOptics.LIGHT_SPEED + Math.sqrt(Math.max(0, square)) / IceOptics.ICE_SPEED;
  }

  private static double scaleNs(double tauNs, double absorptionMeters) {
    return 1 / (1 / tauNs + IceOptics.ICE_SPEED / absorptionMeters);
  }

  private void detect(int slot, double arrivalNs) {
    double timeNs = arrivalNs + SensorResponse.jitterNs(random);
    photons.add(slot, timeNs + SensorResponse.oddDelayNs(random));
    if (SensorResponse.hasAfterpulse(random)) {
      photons.add(slot, timeNs + SensorResponse.afterpulseDelayNs(random));
    }
  }
}
