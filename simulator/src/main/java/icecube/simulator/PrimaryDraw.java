// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.Direction;

/**
 * The lot that decides what happens: energy, direction, vertex and shape by {@link
 * SimulationSettings}.
 *
 * <p>Immutable and thread-safe; all chance comes from the stream passed in.
 */
final class PrimaryDraw {
  /** A muon from outside shines from this far before its vertex: beyond every sensor. */
  static final double UPSTREAM_METERS = 2_500;

  /** Share of showers that are electromagnetic (charged current of electron neutrinos). */
  static final double ELECTROMAGNETIC_FRACTION = 0.5;

  /** Spectrum of coincident muons inside the detector: E^−2.7 from 200 GeV to 100 TeV. */
  private static final double MUON_MIN_GEV = 50;

  private static final double MUON_MAX_GEV = 1e5;
  private static final double MUON_INDEX = 2.7;

  /** A coincident muon passes its vertex within this time around the event's own vertex. */
  private static final double MUON_BEFORE_NS = 7_000;

  private static final double MUON_AFTER_NS = 11_000;

  /** Muons of a bundle: at least n in n^−2 of the bundles, ... */
  private static final double BUNDLE_INDEX = 3;

  /** ... at most this many, ... */
  static final int BUNDLE_MAX = 30;

  /** ... so far off the first along each axis (σ), metres. */
  private static final double BUNDLE_SIGMA_METERS = 10;

  private final SimulationSettings settings;
  private final SensorArray.Bounds bounds;

  PrimaryDraw(SimulationSettings settings, SensorArray.Bounds bounds) {
    this.settings = settings;
    this.bounds = bounds;
  }

  /** The neutrino of an attempt. */
  Primary neutrino(RandomStream random) {
    boolean isTrack = random.chance(settings.tracks().trackFraction());
    boolean isHard = random.chance(settings.spectrum().hardFraction());
    double energy =
        powerLaw(
            random,
            settings.spectrum().energyMinGev(),
            settings.spectrum().energyMaxGev(),
            isHard ? settings.spectrum().hardIndex() : settings.spectrum().spectralIndex());
    var origin = direction(random, settings.downgoingExcess());
    double reach = bounds.radius() + settings.vertexMarginMeters();
    double u;
    double v;
    do {
      u = 2 * random.uniform() - 1;
      v = 2 * random.uniform() - 1;
    } while (u * u + v * v > 1);
    double x = bounds.x() + reach * u;
    double y = bounds.y() + reach * v;
    double margin = settings.vertexMarginMeters();
    double z = random.uniform(bounds.bottom() - margin, bounds.top() + margin);
    if (!isTrack) {
      boolean isHadronic = !random.chance(ELECTROMAGNETIC_FRACTION);
      return new Primary(Topology.CASCADE, origin, x, y, z, 0, 0, energy, isHadronic, 0);
    }
    if (random.chance(settings.tracks().startingFraction())) {
      // Mean inelasticity 0.4 = E[u^1.5]: more often a hard muon than a hard shower.
      double share = StableMath.pow(random.uniform(), 1.5);
      return new Primary(
          Topology.TRACK, origin, x, y, z, energy * (1 - share), 0, energy * share, true, 0);
    }
    return new Primary(Topology.TRACK, origin, x, y, z, energy, UPSTREAM_METERS, 0, false, 0);
  }

  /** An atmospheric muon that happens to cross during the event: density cos²(zenith), downward. */
  Primary coincidentMuon(RandomStream random) {
    double energy = powerLaw(random, MUON_MIN_GEV, MUON_MAX_GEV, MUON_INDEX);
    double cosine = StableMath.pow(random.uniform(), 1.0 / 3);
    var origin = direction(random, cosine, Math.sqrt(1 - cosine * cosine));
    double x = bounds.x() + random.uniform(-bounds.radius(), bounds.radius());
    double y = bounds.y() + random.uniform(-bounds.radius(), bounds.radius());
    double z = random.uniform(bounds.bottom(), bounds.top());
    double time = random.uniform(-MUON_BEFORE_NS, MUON_AFTER_NS);
    return new Primary(Topology.TRACK, origin, x, y, z, energy, UPSTREAM_METERS, 0, false, time);
  }

  /** How many muons of one air shower cross together. */
  static int bundleSize(RandomStream random) {
    double size = StableMath.pow(random.uniform(), -1 / BUNDLE_INDEX);
    return (int) Math.min(size, BUNDLE_MAX);
  }

  /** Another muon of the same bundle: beside the first, at the same time. */
  Primary companion(RandomStream random, Primary first) {
    return new Primary(
        Topology.TRACK,
        first.origin(),
        first.x() + BUNDLE_SIGMA_METERS * random.gauss(),
        first.y() + BUNDLE_SIGMA_METERS * random.gauss(),
        first.z() + BUNDLE_SIGMA_METERS * random.gauss(),
        powerLaw(random, MUON_MIN_GEV, MUON_MAX_GEV, MUON_INDEX),
        UPSTREAM_METERS,
        0,
        false,
        first.timeNs());
  }

  /** A shower of the largest energy one metre below the sensor nearest the centre. */
  Primary forced(RandomStream random, SensorArray sensors) {
    double centreZ = (bounds.bottom() + bounds.top()) / 2;
    int nearest = 0;
    double nearestSquare = Double.POSITIVE_INFINITY;
    for (int slot = 0; slot < sensors.count(); slot++) {
      double dx = sensors.x(slot) - bounds.x();
      double dy = sensors.y(slot) - bounds.y();
      double dz = sensors.z(slot) - centreZ;
      double square = dx * dx + dy * dy + dz * dz;
      if (square < nearestSquare) {
        nearest = slot;
        nearestSquare = square;
      }
    }
    return new Primary(
        Topology.CASCADE,
        direction(random, settings.downgoingExcess()),
        sensors.x(nearest),
        sensors.y(nearest),
        sensors.z(nearest) - 1,
        0,
        0,
        settings.spectrum().energyMaxGev(),
        false,
        0);
  }

  /** E^−γ between two energies, by inversion. */
  static double powerLaw(RandomStream random, double min, double max, double index) {
    double u = random.uniform();
    double power = 1 - index;
    if (Math.abs(power) < 1e-9) {
      return min * StableMath.pow(max / min, u);
    }
    double span = StableMath.pow(max / min, power) - 1;
    return min * StableMath.pow(1 + u * span, 1 / power);
  }

  /** A direction with density 1 + a·cos(zenith), by rejection. */
  static Direction direction(RandomStream random, double excess) {
    double cosine;
    do {
      cosine = 2 * random.uniform() - 1;
    } while (random.uniform() * (1 + Math.abs(excess)) > 1 + excess * cosine);
    return direction(random, cosine, Math.sqrt(1 - cosine * cosine));
  }

  private static Direction direction(RandomStream random, double cosine, double sine) {
    // A point in the unit disc, pushed to its rim: a uniform azimuth without sine and cosine.
    double x;
    double y;
    double square;
    do {
      x = 2 * random.uniform() - 1;
      y = 2 * random.uniform() - 1;
      square = x * x + y * y;
    } while (square > 1 || square < 1e-12);
    double scale = sine / Math.sqrt(square);
    return new Direction(x * scale, y * scale, cosine);
  }
}
