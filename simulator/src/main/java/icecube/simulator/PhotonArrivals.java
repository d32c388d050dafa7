// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

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
    double scaleNs = 1 / (1 / tauNs + Optics.ICE_SPEED / absorptionMeters);
    for (int photon = 0; photon < count; photon++) {
      double timeNs = geometricNs + random.gamma(shape) * scaleNs + SensorResponse.jitterNs(random);
      photons.add(slot, timeNs + SensorResponse.oddDelayNs(random));
      if (SensorResponse.hasAfterpulse(random)) {
        photons.add(slot, timeNs + SensorResponse.afterpulseDelayNs(random));
      }
    }
  }
}
