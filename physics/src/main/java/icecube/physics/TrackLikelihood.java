// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.Arrays;

/**
 * How unlikely the first pulses of an event's sensors are, had a given track lit them: −Σ ln p over
 * the sensors, and its gradient.
 *
 * <p>The first of N photons comes at t with N·p(t)·S(t)^(N−1), where p and S are the {@link
 * PandelTable}'s at ξ = d_eff/λ (astro-ph/0407044: "MPE"; N = 1 is "SPE"). N is the sensor's
 * charge, at least 1. Of two tracks that fit the times alike, the one nearer to the lit sensors is
 * likelier, as light fades over λ_p = √(λ_e λ_a / 3) / 1.07 (muex). And a share f of the pulses is
 * noise, even over {@value #NOISE_NS} ns, so that a pulse that fits no track costs a bounded amount
 * and pulls nothing. Together, with t − t_geo from {@link PandelLaw}, d the distance, and λ, λ_p of
 * the {@link IceLayers} around the sensor:
 *
 * <pre>
 *   −ln[(1 − f) · N p S^(N−1) · e^(−d / λ_p) + f / 10,000 ns]
 * </pre>
 *
 * <p>Confined to one thread, as it re-uses its scratch.
 */
final class TrackLikelihood {
  /** Time over which noise is even, ns: about what the detector reads out. */
  static final double NOISE_NS = 10_000;

  /** The most photons a sensor's first is the first of. */
  static final double PHOTON_COUNT_MAX = 10_000;

  /** Adds in square to a sensor's distance, metres: about its size; keeps the gradient finite. */
  private static final double DISTANCE_MIN_METERS = 1;

  /** λ_p over √(λ_e λ_a). */
  private static final double FADING_RATIO = 1 / (Math.sqrt(3) * 1.07);

  private final PandelTable table;
  private final PandelPulses pulses;
  private final double[] photons;
  private final double[] lambdaMeters;
  private final double[] fadingPerMeter;
  private final double signalShare;
  private final double noisePerNs;
  private int valueCount;

  // Scratch: where the sensor under way stands, seen from the track.
  private final PandelTable.Found found = new PandelTable.Found();
  private final double[] normal = new double[2];
  private double along;
  private double distance;

  /**
   * @param photonMax N is at most this; 1 for SPE
   * @param noiseShare f
   */
  TrackLikelihood(PandelTable table, PandelPulses pulses, double photonMax, double noiseShare) {
    this.table = table;
    this.pulses = pulses;
    this.signalShare = 1 - noiseShare;
    this.noisePerNs = noiseShare / NOISE_NS;
    int count = pulses.count();
    photons = new double[count];
    lambdaMeters = new double[count];
    fadingPerMeter = new double[count];
    for (int sensor = 0; sensor < count; sensor++) {
      photons[sensor] = Math.max(1, Math.min(photonMax, pulses.chargePe(sensor)));
      double scattering = IceLayers.scatteringMeters(pulses.zMeters(sensor));
      double absorption = IceLayers.absorptionMeters(pulses.zMeters(sensor));
      lambdaMeters[sensor] = PandelLaw.LAMBDA_RATIO * scattering;
      fadingPerMeter[sensor] = 1 / (FADING_RATIO * Math.sqrt(scattering * absorption));
    }
  }

  /** How often {@link #at} was asked. */
  int valueCount() {
    return valueCount;
  }

  /**
   * −ln L of {@code track}; its gradient by the lengths of a {@link TrackFrame} step is written to
   * {@code gradient}.
   */
  double at(TrackFrame track, double[] gradient) {
    valueCount++;
    Arrays.fill(gradient, 0);
    double sum = 0;
    for (int sensor = 0; sensor < photons.length; sensor++) {
      locate(track, sensor);
      sum += add(track, sensor, gradient);
    }
    return sum;
  }

  private void locate(TrackFrame track, int sensor) {
    double qx = pulses.xMeters(sensor) - track.xMeters();
    double qy = pulses.yMeters(sensor) - track.yMeters();
    double qz = pulses.zMeters(sensor) - track.zMeters();
    along = qx * track.axis(6) + qy * track.axis(7) + qz * track.axis(8);
    double across1 = qx * track.axis(0) + qy * track.axis(1) + qz * track.axis(2);
    double across2 = qx * track.axis(3) + qy * track.axis(4) + qz * track.axis(5);
    double min = DISTANCE_MIN_METERS;
    distance = Math.sqrt(across1 * across1 + across2 * across2 + min * min);
    normal[0] = across1 / distance;
    normal[1] = across2 / distance;
  }

  /** −ln of the density of the sensor's pulse; takes its gradient to {@code gradient}. */
  private double add(TrackFrame track, int sensor, double[] gradient) {
    double pz = track.pz();
    double nz = normal[0] * track.axis(2) + normal[1] * track.axis(5);
    double cosEta = pz * IceOptics.COS_CHERENKOV + nz * IceOptics.SIN_CHERENKOV;
    double pathMeters = along + PandelLaw.DELAY_PER_METER * distance;
    double residualNs = pulses.timeNs(sensor) - track.timeNs() - pathMeters / IceOptics.LIGHT_SPEED;
    double lambda = lambdaMeters[sensor];
    table.look(residualNs, PandelLaw.effectiveMeters(distance, cosEta) / lambda, found);
    double others = photons[sensor] - 1;
    double logSignal =
        found.logDensity + others * found.logLater - fadingPerMeter[sensor] * distance;
    double signal = signalShare * photons[sensor] * Math.exp(logSignal);
    double density = signal + noisePerNs;

    // Derivatives of ln density: by t, by ξ, and with these by d, d_t and cos η.
    double share = signal / density;
    double perNs = share * (found.logDensityPerNs + others * found.logLaterPerNs);
    double perLambda =
        share * (found.logDensityPerShape + others * found.logLaterPerShape) / lambda;
    double perAlong = -perNs / IceOptics.LIGHT_SPEED;
    double perDistance =
        perLambda * PandelLaw.DISTANCE_FACTOR
            + perAlong * PandelLaw.DELAY_PER_METER
            - share * fadingPerMeter[sensor];
    double perCosine = perLambda * PandelLaw.effectivePerCosine(cosEta);
    gradient[2] -= perAlong;
    for (int k = 0; k < 2; k++) {
      double n = normal[k];
      double ez = track.axis(3 * k + 2);
      // How n_z turns as the track moves by a metre along e_k; cos η with it.
      double turn = (nz * n - ez) / distance;
      gradient[k] -= -perDistance * n + perCosine * IceOptics.SIN_CHERENKOV * turn;
      double tiltedCosine =
          IceOptics.COS_CHERENKOV * ez + IceOptics.SIN_CHERENKOV * (along * turn - n * pz);
      double perRadian =
          -perDistance * along * n + perAlong * distance * n + perCosine * tiltedCosine;
      gradient[3 + k] -= perRadian / TrackFrame.ARM_METERS;
    }
    return -Math.log(density);
  }
}
