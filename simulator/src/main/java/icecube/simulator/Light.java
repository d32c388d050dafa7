// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * The light of a primary at every sensor in reach: how many photo-electrons, and when each.
 *
 * <p>Numbers are Poisson around {@link LightPath}'s densities. A photon's time is the straight way
 * of Cherenkov light plus one Gamma draw for scattering (Pandel's law: shape d_eff/λ, rate 1/τ +
 * c_ice/λ_a), plus the DOM's jitter and its rare early, late and after-pulses. Confined to one
 * thread.
 */
final class Light {
  /** Sensors that expect fewer photo-electrons than this in the clearest ice are left out. */
  static final double PE_FLOOR = 0.01;

  private static final double REACH_STEP_METERS = 5;
  private static final int REACH_STEPS = 300;

  /** Room for directionality, sensitivity and efficiency in the reach. */
  private static final double REACH_SCALE = 2.5;

  /** Pandel's τ of muons and of cascades, ns. */
  private static final double TRACK_TAU_NS = 556.7;

  private static final double CASCADE_TAU_NS = 450;

  /** Pandel's λ over the effective scattering length: 33.29 m and 47 m in ice of 25 m. */
  private static final double TRACK_LAMBDA_RATIO = 33.29 / 25;

  private static final double CASCADE_LAMBDA_RATIO = 47.0 / 25;

  private final SensorArray sensors;
  private final LightPath path;
  private final PhotonBuffer photons;
  private final RandomStream random;
  private final double[] trackReach = new double[REACH_STEPS];
  private final double[] cascadeReach = new double[REACH_STEPS];

  Light(SensorArray sensors, IceModel ice, PhotonBuffer photons, RandomStream random) {
    this.sensors = sensors;
    this.path = new LightPath(ice);
    this.photons = photons;
    this.random = random;
    path.through(IceModel.scatteringMaxMeters(), IceModel.absorptionMaxMeters());
    double scale = Optics.PE_PER_METER * REACH_SCALE;
    for (int step = 0; step < REACH_STEPS; step++) {
      double distance = (step + 1) * REACH_STEP_METERS;
      trackReach[step] = scale * path.trackDensity(distance);
      cascadeReach[step] = scale * path.cascadeDensity(distance);
    }
  }

  /** Adds the photons of all of a primary's particles. */
  void shine(Primary primary) {
    if (primary.showerGev() > 0) {
      shineShower(primary);
    }
    if (primary.muonGev() > 0) {
      shineMuon(primary);
    }
  }

  /** The distance at which a source in the clearest ice falls below {@link #PE_FLOOR}, metres. */
  private static double reach(double[] pePerMeter, double meters) {
    int low = 0;
    int high = REACH_STEPS - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (meters * pePerMeter[middle] > PE_FLOOR) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return (low + 1) * REACH_STEP_METERS;
  }

  private void shineShower(Primary primary) {
    double energy = primary.showerGev();
    double meters = energy * Optics.METERS_PER_GEV;
    if (primary.isHadronic()) {
      double share = Optics.hadronicShare(energy) + Optics.hadronicSpread(energy) * random.gauss();
      meters *= Math.max(0.05, Math.min(1, share));
    }
    double ahead = Optics.showerMaximumMeters(energy);
    double timeNs = primary.timeNs() + ahead / Optics.LIGHT_SPEED;
    double x = primary.x() - ahead * primary.origin().x();
    double y = primary.y() - ahead * primary.origin().y();
    double z = primary.z() - ahead * primary.origin().z();
    double reach = reach(cascadeReach, meters);
    path.startAt(IceModel.depthMeters(z));
    for (int string = 0; string < sensors.stringCount(); string++) {
      int first = sensors.stringStart(string);
      double dx = sensors.x(first) - x;
      double dy = sensors.y(first) - y;
      double rest = reach * reach - dx * dx - dy * dy;
      if (rest <= 0) {
        continue;
      }
      double half = Math.sqrt(rest);
      int end = sensors.firstBelow(string, z - half);
      for (int slot = sensors.firstBelow(string, z + half); slot < end; slot++) {
        lightFromShower(primary, slot, dx, dy, sensors.z(slot) - z, meters, timeNs);
      }
    }
  }

  private void lightFromShower(
      Primary primary, int slot, double dx, double dy, double dz, double meters, double timeNs) {
    double distance =
        Math.max(LightPath.DISTANCE_MIN_METERS, Math.sqrt(dx * dx + dy * dy + dz * dz));
    sensors.endPathAt(slot, path);
    double mean =
        Optics.PE_PER_METER * meters * sensors.efficiency(slot) * path.cascadeDensity(distance);
    if (mean * REACH_SCALE < PE_FLOOR / 10) {
      return;
    }
    var origin = primary.origin();
    double cosPsi = -(dx * origin.x() + dy * origin.y() + dz * origin.z()) / distance;
    double direct = path.directShare(distance);
    mean *= 1 + direct * (Optics.cascadeDirectionality(cosPsi) - 1);
    mean *= 1 + direct * (Optics.angularSensitivity(dz / distance) - 1);
    int count = photons.drawCount(random, mean);
    if (count == 0) {
      return;
    }
    double shape = distance / (path.scatteringMeters() * CASCADE_LAMBDA_RATIO);
    double rate = 1 / CASCADE_TAU_NS + Optics.ICE_SPEED / path.absorptionMeters();
    addPhotons(slot, count, timeNs + distance / Optics.ICE_SPEED, shape, rate);
  }

  private void shineMuon(Primary primary) {
    double vx = -primary.origin().x();
    double vy = -primary.origin().y();
    double vz = -primary.origin().z();
    double start = -primary.upstreamMeters();
    double end = Optics.muonRangeMeters(primary.muonGev());
    // Brightest where it has lost least; upstream of the detector nobody looks.
    double brightestGev = Optics.muonEnergyGev(primary.muonGev(), Math.max(start, -1_500));
    double reach = reach(trackReach, Optics.muonLight(brightestGev));
    double across = 1 - vz * vz;
    for (int string = 0; string < sensors.stringCount(); string++) {
      int first = sensors.stringStart(string);
      double dx = sensors.x(first) - primary.x();
      double dy = sensors.y(first) - primary.y();
      double along = dx * vx + dy * vy;
      double top = Double.POSITIVE_INFINITY;
      double bottom = Double.NEGATIVE_INFINITY;
      if (across > 1e-9) {
        double nearestSquare = dx * dx + dy * dy - along * along / across;
        double rest = reach * reach - nearestSquare;
        if (rest <= 0) {
          continue;
        }
        double nearestZ = primary.z() + along * vz / across;
        double half = Math.sqrt(rest / across);
        top = nearestZ + half;
        bottom = nearestZ - half;
      }
      int last = sensors.firstBelow(string, bottom);
      for (int slot = sensors.firstBelow(string, top); slot < last; slot++) {
        double dz = sensors.z(slot) - primary.z();
        double alongMeters = along + dz * vz;
        double square = dx * dx + dy * dy + dz * dz - alongMeters * alongMeters;
        lightFromMuon(primary, slot, alongMeters, Math.sqrt(Math.max(square, 0)), start, end);
      }
    }
  }

  /**
   * Light of the piece of track whose Cherenkov cone meets the sensor. If that piece lies before
   * the muon's start or behind its end, only scattered light of the end arrives: from there, dimmed
   * by e^(−gap/λ_p).
   */
  private void lightFromMuon(
      Primary primary, int slot, double along, double distance, double start, double end) {
    double d = Math.max(distance, LightPath.DISTANCE_MIN_METERS);
    double emission = along - d / Optics.TAN_CHERENKOV;
    double from = Math.max(start, Math.min(end, emission));
    double vz = -primary.origin().z();
    path.startAt(IceModel.depthMeters(primary.z() + from * vz));
    sensors.endPathAt(slot, path);
    double gap = Math.abs(emission - from);
    double mean =
        Optics.PE_PER_METER
            * sensors.efficiency(slot)
            * Optics.muonLight(Optics.muonEnergyGev(primary.muonGev(), from))
            * path.trackDensity(d);
    if (gap > 0) {
      mean *= StableMath.exp(-gap / path.propagationMeters());
    }
    if (mean * REACH_SCALE < PE_FLOOR / 10) {
      return;
    }
    double way =
        gap > 0 ? Math.sqrt(d * d + (along - from) * (along - from)) : d / Optics.SIN_CHERENKOV;
    double cosEta = Math.max(-1, Math.min(1, (sensors.z(slot) - primary.z() - from * vz) / way));
    mean *= 1 + path.directShare(d) * (Optics.angularSensitivity(cosEta) - 1);
    int count = photons.drawCount(random, mean);
    if (count == 0) {
      return;
    }
    double geometricNs =
        gap > 0
            ? from / Optics.LIGHT_SPEED + way / Optics.ICE_SPEED
            : Optics.cherenkovTimeNs(along, d);
    double shape = effectiveMeters(d, cosEta) / (path.scatteringMeters() * TRACK_LAMBDA_RATIO);
    double rate = 1 / TRACK_TAU_NS + Optics.ICE_SPEED / path.absorptionMeters();
    addPhotons(slot, count, primary.timeNs() + geometricNs, shape, rate);
  }

  /** Pandel's d_eff: the way longer for a sensor that looks away, by Ahrens et al. (2004). */
  static double effectiveMeters(double distance, double cosEta) {
    return 0.8395 * distance + 3.094 - 3.946 * cosEta + 4.636 * cosEta * cosEta;
  }

  private void addPhotons(int slot, int count, double geometricNs, double shape, double rate) {
    for (int photon = 0; photon < count; photon++) {
      double timeNs = geometricNs + random.gamma(shape) / rate + SensorResponse.jitterNs(random);
      photons.add(slot, timeNs + SensorResponse.oddDelayNs(random));
      if (SensorResponse.hasAfterpulse(random)) {
        photons.add(slot, timeNs + SensorResponse.afterpulseDelayNs(random));
      }
    }
  }
}
