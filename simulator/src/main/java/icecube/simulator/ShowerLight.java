// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.Direction;
import icecube.physics.IceModel;
import icecube.physics.IceOptics;

/**
 * The light of a shower at every sensor in reach: as bright as a point source at the shower's
 * brightest place, more along the Cherenkov cone as long as scattering has not mixed the
 * directions; each photon leaves somewhere along the shower's length, which spreads its time.
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
  private double shape;

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
    shine(
        primary.origin(),
        primary.x(),
        primary.y(),
        primary.z(),
        primary.timeNs(),
        primary.showerGev(),
        primary.isHadronic());
  }

  /** Adds the photons of a shower that starts at a place and a time. */
  void shine(
      Direction origin,
      double startX,
      double startY,
      double startZ,
      double startNs,
      double energy,
      boolean isHadronic) {
    meters = energy * Optics.METERS_PER_GEV;
    if (isHadronic) {
      double share = Optics.hadronicShare(energy) + Optics.hadronicSpread(energy) * random.gauss();
      meters *= Math.max(HADRONIC_SHARE_MIN, Math.min(1, share));
    }
    shape = Optics.showerShape(energy);
    double ahead = Optics.showerMaximumMeters(energy);
    timeNs = startNs + ahead / IceOptics.LIGHT_SPEED;
    x = startX - ahead * origin.x();
    y = startY - ahead * origin.y();
    z = startZ - ahead * origin.z();
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
          lightSensor(origin, slot, dx, dy, sensors.z(slot) - z);
        }
      }
    }
  }

  private void lightSensor(Direction origin, int slot, double dx, double dy, double dz) {
    double distance =
        Math.max(LightPath.DISTANCE_MIN_METERS, Math.sqrt(dx * dx + dy * dy + dz * dz));
    double u = random.uniform();
    // The same number decides again below: what the bound leaves dark, the exact mean would too.
    if (u <= 1 - bound.peMax(meters, distance)) {
      return;
    }
    sensors.endPathAt(slot, path);
    double cosPsi = -(dx * origin.x() + dy * origin.y() + dz * origin.z()) / distance;
    double direct = path.directShare(distance);
    double meanPe =
        Optics.PE_PER_METER
            * meters
            * sensors.efficiency(slot)
            * path.cascadeDensity(distance)
            * (1 + direct * (Optics.cascadeDirectionality(cosPsi) - 1))
            * (1 + direct * (Optics.angularSensitivity(dz / distance) - 1));
    double pandelShape = distance / (path.scatteringMeters() * LAMBDA_RATIO);
    arrivals.drawAlongShower(
        slot,
        meanPe,
        u,
        timeNs,
        pandelShape,
        TAU_NS,
        path.absorptionMeters(),
        shape,
        distance,
        cosPsi);
  }
}
