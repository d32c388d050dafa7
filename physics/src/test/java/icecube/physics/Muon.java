// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.SplittableRandom;

/**
 * A muon through IceCube, as rows for a fit: one pulse a sensor, at its typical time or by chance.
 */
record Muon(Direction origin, double xMeters, double yMeters, double zMeters, double timeNs) {
  /** The law that fits take for that of the sensors. */
  static final PandelTable TABLE = new PandelTable(new SmearedPandel(PandelFit.FINE_SIGMA_NS));

  /** Rows of all sensors within {@code reachMeters}, each of one charge, at its median time. */
  Rows rows(double reachMeters, double chargePe) {
    var geometry = IceCube86.geometry();
    var rows = new Rows();
    for (int sensor = 0; sensor < geometry.sensorCount(); sensor++) {
      double[] place = {
        geometry.xMeters(sensor), geometry.yMeters(sensor), geometry.zMeters(sensor)
      };
      if (distanceMeters(place) <= reachMeters) {
        double delayNs = medianNs(shape(place), chargePe);
        rows.add(place[0], place[1], place[2], arrivalNs(place) + delayNs, chargePe);
      }
    }
    return rows;
  }

  /** Rows of sensors drawn by e^(−d / 30 m), each of one photon scattered by Pandel's law. */
  Rows scatteredRows(SplittableRandom random) {
    var geometry = IceCube86.geometry();
    var rows = new Rows();
    for (int sensor = 0; sensor < geometry.sensorCount(); sensor++) {
      double[] place = {
        geometry.xMeters(sensor), geometry.yMeters(sensor), geometry.zMeters(sensor)
      };
      double distance = distanceMeters(place);
      if (random.nextDouble() < Math.exp(-distance / 30)) {
        double delayNs = gamma(shape(place), random) / PandelLaw.RATE_PER_NS;
        rows.add(place[0], place[1], place[2], arrivalNs(place) + delayNs, 1);
      }
    }
    return rows;
  }

  /** A Gamma draw of unit rate (G. Marsaglia, W. Tsang, ACM TOMS 26 (2000) 363). */
  private static double gamma(double shape, SplittableRandom random) {
    if (shape < 1) {
      return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    while (true) {
      double normal = random.nextGaussian();
      double v = Math.pow(1 + normal / Math.sqrt(9 * d), 3);
      boolean isTaken =
          v > 0 && Math.log(random.nextDouble()) < normal * normal / 2 + d * (1 - v + Math.log(v));
      if (isTaken) {
        return d * v;
      }
    }
  }

  /** ξ, of light that comes from the side. */
  private double shape(double[] place) {
    double lambda = PandelLaw.LAMBDA_RATIO * IceLayers.scatteringMeters(place[2]);
    return PandelLaw.effectiveMeters(distanceMeters(place), 0) / lambda;
  }

  /** Before this the first of so many photons comes in half of the cases: S^N = 1/2. */
  private static double medianNs(double shape, double photons) {
    var found = new PandelTable.Found();
    double low = -50;
    double high = 10_000;
    while (high - low > 1e-3) {
      double middle = (low + high) / 2;
      TABLE.look(middle, shape, found);
      boolean isBefore = photons * found.logLater > Math.log(0.5);
      low = isBefore ? middle : low;
      high = isBefore ? high : middle;
    }
    return low;
  }

  private double alongMeters(double[] place) {
    return -(place[0] - xMeters) * origin.x()
        - (place[1] - yMeters) * origin.y()
        - (place[2] - zMeters) * origin.z();
  }

  private double distanceMeters(double[] place) {
    double along = alongMeters(place);
    double qx = place[0] - xMeters;
    double qy = place[1] - yMeters;
    double qz = place[2] - zMeters;
    return Math.sqrt(Math.max(0, qx * qx + qy * qy + qz * qz - along * along));
  }

  private double arrivalNs(double[] place) {
    double pathMeters = alongMeters(place) + PandelLaw.DELAY_PER_METER * distanceMeters(place);
    return timeNs + pathMeters / IceOptics.LIGHT_SPEED;
  }
}
