// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * The light of a shower at every sensor in reach: a point source at the shower's brightest place,
 * brighter along the Cherenkov cone as long as scattering has not mixed the directions.
 *
 * <p>Confined to one thread.
 */
final class ShowerLight {
  /** Pandel's τ of cascades, ns. */
  static final double TAU_NS = 450;

  /** Pandel's λ over the effective scattering length: 47 m in ice of 25 m. */
  static final double LAMBDA_RATIO = 47.0 / 25;

  /** The least a hadronic shower may shine, whatever its spread draws. */
  private static final double HADRONIC_SHARE_MIN = 0.05;

  private final SensorArray sensors;
  private final LightPath path;
  private final LightBound bound;
  private final PhotonArrivals arrivals;
  private final RandomStream random;
  private double x;
  private double y;
  private double z;
  private double timeNs;
  private double meters;

  ShowerLight(
      SensorArray sensors,
      IceModel ice,
      LightBound bound,
      PhotonArrivals arrivals,
      RandomStream random) {
    this.sensors = sensors;
    this.path = new LightPath(ice);
    this.bound = bound;
    this.arrivals = arrivals;
    this.random = random;
  }

  /** Adds the photons of a primary's shower. */
  void shine(Primary primary) {
    double energy = primary.showerGev();
    meters = energy * Optics.METERS_PER_GEV;
    if (primary.isHadronic()) {
      double share = Optics.hadronicShare(energy) + Optics.hadronicSpread(energy) * random.gauss();
      meters *= Math.max(HADRONIC_SHARE_MIN, Math.min(1, share));
    }
    double ahead = Optics.showerMaximumMeters(energy);
    timeNs = primary.timeNs() + ahead / Optics.LIGHT_SPEED;
    x = primary.x() - ahead * primary.origin().x();
    y = primary.y() - ahead * primary.origin().y();
    z = primary.z() - ahead * primary.origin().z();
    path.startAt(IceModel.depthMeters(z));
    double reach = bound.reachMeters(meters);
    for (int string = 0; string < sensors.stringCount(); string++) {
      int first = sensors.stringStart(string);
      double dx = sensors.x(first) - x;
      double dy = sensors.y(first) - y;
      double rest = reach * reach - dx * dx - dy * dy;
      if (rest > 0) {
        double half = Math.sqrt(rest);
        int end = sensors.firstBelow(string, z - half);
        for (int slot = sensors.firstBelow(string, z + half); slot < end; slot++) {
          lightSensor(primary, slot, dx, dy, sensors.z(slot) - z);
        }
      }
    }
  }

  private void lightSensor(Primary primary, int slot, double dx, double dy, double dz) {
    double distance =
        Math.max(LightPath.DISTANCE_MIN_METERS, Math.sqrt(dx * dx + dy * dy + dz * dz));
    double u = random.uniform();
    // The same number decides again below: what the bound leaves dark, the exact mean would too.
    if (u <= 1 - bound.peMax(meters, distance)) {
      return;
    }
    sensors.endPathAt(slot, path);
    var origin = primary.origin();
    double cosPsi = -(dx * origin.x() + dy * origin.y() + dz * origin.z()) / distance;
    double direct = path.directShare(distance);
    double meanPe =
        Optics.PE_PER_METER
            * meters
            * sensors.efficiency(slot)
            * path.cascadeDensity(distance)
            * (1 + direct * (Optics.cascadeDirectionality(cosPsi) - 1))
            * (1 + direct * (Optics.angularSensitivity(dz / distance) - 1));
    double shape = distance / (path.scatteringMeters() * LAMBDA_RATIO);
    double geometricNs = timeNs + distance / Optics.ICE_SPEED;
    arrivals.draw(slot, meanPe, u, geometricNs, shape, TAU_NS, path.absorptionMeters());
  }
}
