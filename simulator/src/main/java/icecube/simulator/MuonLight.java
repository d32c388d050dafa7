// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.IceModel;
import icecube.physics.IceOptics;

/**
 * The light of a muon and of its mean losses at every sensor in reach.
 *
 * <p>A sensor sees the piece of track whose Cherenkov cone meets it. If that piece lies before the
 * muon's start or behind its end, only scattered light of the end arrives: from there, dimmed by
 * e^(−gap/λ_p). Confined to one thread.
 */
final class MuonLight {
  /** Pandel's τ of muons, ns. */
  static final double TAU_NS = 556.7;

  /** Pandel's λ over the effective scattering length: 33.29 m in ice of 25 m. */
  static final double LAMBDA_RATIO = 33.29 / 25;

  /** Muons are followed from this far before the detector to this far behind it, metres. */
  private static final double SEEN_FROM_METERS = 300;

  /** 1 − v_z² below which a track is upright and every sensor of a string equally far. */
  private static final double UPRIGHT = 1e-9;

  private final SensorArray sensors;
  private final LightPath path;
  private final LightBound bound;
  private final PhotonArrivals arrivals;
  private final RandomStream random;
  private double vx;
  private double vy;
  private double vz;
  private double startMeters;
  private double endMeters;
  private final MuonTrack track = new MuonTrack();
  private final ShowerLight showers;

  MuonLight(
      SensorArray sensors,
      IceModel ice,
      LightBound bound,
      PhotonArrivals arrivals,
      RandomStream random,
      ShowerLight showers) {
    this.sensors = sensors;
    this.path = new LightPath(ice);
    this.bound = bound;
    this.arrivals = arrivals;
    this.random = random;
    this.showers = showers;
  }

  /** Adds the photons of a primary's muon. */
  void shine(Primary primary) {
    vx = -primary.origin().x();
    vy = -primary.origin().y();
    vz = -primary.origin().z();
    if (!drawTrack(primary)) {
      return;
    }
    double reach = bound.reachMeters(track.lightAt(startMeters));
    double across = 1 - vz * vz;
    for (int string = 0; string < sensors.stringCount(); string++) {
      int first = sensors.stringStart(string);
      int end = sensors.stringStart(string + 1);
      if (across > UPRIGHT) {
        double dx = sensors.x(first) - primary.x();
        double dy = sensors.y(first) - primary.y();
        double along = dx * vx + dy * vy;
        double rest = reach * reach - (dx * dx + dy * dy - along * along / across);
        double nearestZ = primary.z() + along * vz / across;
        double half = Math.sqrt(Math.max(rest, 0) / across);
        first = sensors.firstBelow(string, nearestZ + half);
        end = sensors.firstBelow(string, nearestZ - half);
      }
      if (first < end) {
        shineOn(primary, first, end);
      }
    }
  }

  /** The muon's losses where they can be seen, and their showers; false if it passes by afar. */
  private boolean drawTrack(Primary primary) {
    var bounds = sensors.bounds();
    double dx = bounds.x() - primary.x();
    double dy = bounds.y() - primary.y();
    double dz = (bounds.bottom() + bounds.top()) / 2 - primary.z();
    double along = dx * vx + dy * vy + dz * vz;
    double halfHeight = (bounds.top() - bounds.bottom()) / 2;
    double square =
        bounds.radius() * bounds.radius()
            + halfHeight * halfHeight
            - (dx * dx + dy * dy + dz * dz - along * along);
    double half = Math.sqrt(Math.max(0, square)) + SEEN_FROM_METERS;
    startMeters = Math.max(-primary.upstreamMeters(), along - half);
    double lastMeters = along + half;
    double energy = Optics.muonEnergyGev(primary.muonGev(), startMeters);
    if (startMeters >= lastMeters || energy <= 0) {
      return false;
    }
    track.draw(random, energy, startMeters, lastMeters);
    endMeters = track.endMeters();
    for (int step = 1; step < track.count(); step++) {
      double at = track.meters(step);
      showers.shine(
          primary.origin(),
          primary.x() + at * vx,
          primary.y() + at * vy,
          primary.z() + at * vz,
          primary.timeNs() + at / IceOptics.LIGHT_SPEED,
          track.showerGev(step),
          track.isHadronic(step));
    }
    return true;
  }

  private void shineOn(Primary primary, int first, int end) {
    // Along a string the place of emission is a concave function of height, so its least value,
    // where the muon is brightest, belongs to the first or the last sensor.
    double earliest = Math.min(emissionMeters(primary, first), emissionMeters(primary, end - 1));
    double lightMax = track.lightAt(Math.max(startMeters, earliest));
    for (int slot = first; slot < end; slot++) {
      double along = alongMeters(primary, slot);
      double distance = distanceMeters(primary, slot, along);
      double u = random.uniform();
      // The same number decides again below: what the bound leaves dark, the exact mean would too.
      if (u > 1 - bound.peMax(lightMax, distance)) {
        lightSensor(primary, slot, along, distance, u);
      }
    }
  }

  private double alongMeters(Primary primary, int slot) {
    return (sensors.x(slot) - primary.x()) * vx
        + (sensors.y(slot) - primary.y()) * vy
        + (sensors.z(slot) - primary.z()) * vz;
  }

  private double distanceMeters(Primary primary, int slot, double along) {
    double dx = sensors.x(slot) - primary.x();
    double dy = sensors.y(slot) - primary.y();
    double dz = sensors.z(slot) - primary.z();
    double square = dx * dx + dy * dy + dz * dz - along * along;
    return Math.sqrt(
        Math.max(square, LightPath.DISTANCE_MIN_METERS * LightPath.DISTANCE_MIN_METERS));
  }

  /** Where on the track, metres behind the vertex, the Cherenkov light for a sensor leaves. */
  private double emissionMeters(Primary primary, int slot) {
    double along = alongMeters(primary, slot);
    return along - distanceMeters(primary, slot, along) / Optics.TAN_CHERENKOV;
  }

  private void lightSensor(Primary primary, int slot, double along, double distance, double u) {
    double emission = along - distance / Optics.TAN_CHERENKOV;
    double from = Math.max(startMeters, Math.min(endMeters, emission));
    double gap = Math.abs(emission - from);
    boolean isOnTrack = gap == 0;
    double sourceZ = primary.z() + from * vz;
    path.startAt(IceModel.depthMeters(sourceZ));
    sensors.endPathAt(slot, path);
    double way =
        isOnTrack
            ? distance / IceOptics.SIN_CHERENKOV
            : Math.sqrt(distance * distance + (along - from) * (along - from));
    double cosEta = Math.max(-1, Math.min(1, (sensors.z(slot) - sourceZ) / way));
    double meanPe =
        Optics.PE_PER_METER
            * sensors.efficiency(slot)
            * track.lightAt(from)
            * path.trackDensity(distance)
            * (1 + path.directShare(distance) * (Optics.angularSensitivity(cosEta) - 1));
    if (!isOnTrack) {
      meanPe *= StableMath.exp(-gap / path.propagationMeters());
    }
    double geometricNs =
        isOnTrack
            ? Optics.cherenkovTimeNs(along, distance)
            : from / IceOptics.LIGHT_SPEED + way / IceOptics.ICE_SPEED;
    double shape = effectiveMeters(distance, cosEta) / (path.scatteringMeters() * LAMBDA_RATIO);
    double arrivalNs = primary.timeNs() + geometricNs;
    arrivals.draw(slot, meanPe, u, arrivalNs, shape, TAU_NS, path.absorptionMeters());
  }

  /** Pandel's d_eff: the way is longer for a sensor that looks away (astro-ph/0407044). */
  static double effectiveMeters(double distanceMeters, double cosEta) {
    return 0.8395 * distanceMeters + 3.094 - 3.946 * cosEta + 4.636 * cosEta * cosEta;
  }
}
