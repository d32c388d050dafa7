// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The track of greatest likelihood for the first pulses of an event, and the direction it came
 * from: the classical reconstruction (AMANDA, astro-ph/0407044) that a trained model is to be
 * compared with, and what answers those who distrust one.
 *
 * <p>It takes every event for a muon that crosses the detector at the speed of light and shines at
 * the Cherenkov angle through ice that scatters ({@link PandelLaw}, {@link IceLayers}, {@link
 * TrackLikelihood}). A shower without a muon has no such track: of it the answer says little more
 * than chance.
 *
 * <p>The likelihood has many minima. From each of {@value #SEED_COUNT} directions, those of the
 * improved {@link LineFit} and its reverse among them, a first search with a jitter of {@value
 * #COARSE_SIGMA_NS} ns goes down; the best {@value #FINE_COUNT} go on with {@value #FINE_SIGMA_NS}
 * ns, and the lowest answers. Both are bounded in steps, so the time of an event is.
 *
 * <p>Of an event that lights fewer than {@value PandelPulses#SENSOR_COUNT_MIN} sensors, or whose
 * pulses fix no line, it says what the line fit says. No uncertainty is given: the curvature of the
 * likelihood knows nothing of the other minima, nor of showers. Its tables are made with the class,
 * in some 40 ms. Immutable and thread-safe.
 */
public final class PandelFit {
  /** σ of the first search, ns: wide, so that a pulse pulls from afar. */
  static final double COARSE_SIGMA_NS = 30;

  /** σ of the second, ns: how far the law is from the light; the sensors' own jitter is less. */
  static final double FINE_SIGMA_NS = 15;

  /** Directions that the first search starts from. */
  static final int SEED_COUNT = 14;

  /** Minima of the first search that the second starts from. */
  static final int FINE_COUNT = 3;

  /** Most steps of a first search. */
  static final int COARSE_STEP_COUNT_MAX = 12;

  /** Most steps of a second one. */
  static final int FINE_STEP_COUNT_MAX = 30;

  private static final double COARSE_NOISE_SHARE = 0.05;
  private static final double FINE_NOISE_SHARE = 0.02;

  /** This share of a seed's sensors is lit before its first light could come. */
  private static final double EARLY_SHARE = 0.2;

  private static final double GOLDEN_ANGLE_RAD = Math.PI * (3 - Math.sqrt(5));

  private static final PandelTable COARSE = new PandelTable(new SmearedPandel(COARSE_SIGMA_NS));
  private static final PandelTable FINE = new PandelTable(new SmearedPandel(FINE_SIGMA_NS));

  private static final PandelFit SPE = new PandelFit(1);
  private static final PandelFit MPE = new PandelFit(TrackLikelihood.PHOTON_COUNT_MAX);

  private final double photonMax;

  private PandelFit(double photonMax) {
    this.photonMax = photonMax;
  }

  /** Each first pulse is taken for a single photon, whatever its sensor's charge. */
  public static PandelFit spe() {
    return SPE;
  }

  /** Each first pulse is the first of as many photons as its sensor's charge says. */
  public static PandelFit mpe() {
    return MPE;
  }

  /**
   * Where event {@code event} (0-based position in the table) came from; empty if its rows fix no
   * direction ({@link Quality#NO_DIRECTION}).
   */
  public Optional<Direction> fit(FeatureTable table, int event) {
    var line = LineFit.improved().fit(table, event);
    var pulses = PandelPulses.of(table, event);
    if (line.isEmpty() || pulses.isEmpty()) {
      return line;
    }
    return Optional.of(track(pulses.get(), line.get()).origin());
  }

  private TrackFrame track(PandelPulses pulses, Direction line) {
    var coarse = new TrackLikelihood(COARSE, pulses, 1, COARSE_NOISE_SHARE);
    var fine = new TrackLikelihood(FINE, pulses, photonMax, FINE_NOISE_SHARE);
    return seeds(pulses, line).stream()
        .map(seed -> TrackMinimizer.minimize(coarse::at, seed, COARSE_STEP_COUNT_MAX))
        .sorted(Comparator.comparingDouble(TrackMinimizer.Minimum::value))
        .limit(FINE_COUNT)
        .map(from -> TrackMinimizer.minimize(fine::at, from.track(), FINE_STEP_COUNT_MAX))
        .min(Comparator.comparingDouble(TrackMinimizer.Minimum::value))
        .orElseThrow()
        .track();
  }

  /** Tracks through the middle of the lit sensors, the line's first. */
  private static List<TrackFrame> seeds(PandelPulses pulses, Direction line) {
    double[] middle = middle(pulses);
    var seeds = new ArrayList<TrackFrame>(SEED_COUNT);
    seeds.add(seed(pulses, middle, -line.x(), -line.y(), -line.z()));
    seeds.add(seed(pulses, middle, line.x(), line.y(), line.z()));
    int around = SEED_COUNT - seeds.size();
    for (int k = 0; k < around; k++) {
      // A spiral from pole to pole that leaves each direction the same share of the sky.
      double z = 1 - (2 * k + 1.0) / around;
      double across = Math.sqrt(1 - z * z);
      double turnRad = k * GOLDEN_ANGLE_RAD;
      seeds.add(seed(pulses, middle, across * Math.cos(turnRad), across * Math.sin(turnRad), z));
    }
    return seeds;
  }

  private static TrackFrame seed(
      PandelPulses pulses, double[] middle, double px, double py, double pz) {
    double[] originNs = new double[pulses.count()];
    for (int sensor = 0; sensor < originNs.length; sensor++) {
      double qx = pulses.xMeters(sensor) - middle[0];
      double qy = pulses.yMeters(sensor) - middle[1];
      double qz = pulses.zMeters(sensor) - middle[2];
      double along = qx * px + qy * py + qz * pz;
      double distance = Math.sqrt(Math.max(0, qx * qx + qy * qy + qz * qz - along * along));
      originNs[sensor] =
          pulses.timeNs(sensor)
              - (along + PandelLaw.DELAY_PER_METER * distance) / IceOptics.LIGHT_SPEED;
    }
    Arrays.sort(originNs);
    double timeNs = originNs[(int) (EARLY_SHARE * originNs.length)];
    return TrackFrame.of(middle[0], middle[1], middle[2], timeNs, px, py, pz);
  }

  private static double[] middle(PandelPulses pulses) {
    double[] sum = new double[3];
    for (int sensor = 0; sensor < pulses.count(); sensor++) {
      sum[0] += pulses.xMeters(sensor) / pulses.count();
      sum[1] += pulses.yMeters(sensor) / pulses.count();
      sum[2] += pulses.zMeters(sensor) / pulses.count();
    }
    return sum;
  }
}
