// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

/**
 * What kind of events to make; with the detector's geometry it fixes every byte of them.
 *
 * <p>{@link #of(long)} gives the defaults, which imitate the competition's training data; the
 * {@code with} methods change one value.
 *
 * @param seed start of all random numbers; every long is good
 * @param energyMinGev least energy, GeV
 * @param energyMaxGev largest energy, GeV
 * @param spectralIndex γ of the energies' density E^−γ before the trigger selects
 * @param hardFraction share of the neutrinos that follow {@code hardIndex} instead, 0..1: the few
 *     very bright events
 * @param hardIndex γ of those
 * @param trackFraction share of tracks before the trigger selects, 0..1
 * @param startingFraction share of the tracks that start in the ice with a shower, 0..1; the others
 *     come in from outside
 * @param vertexMarginMeters how far vertices reach beyond the cylinder of the sensors
 * @param downgoingExcess a of the density 1 + a·cos(zenith), −1..1; 0 is isotropic
 * @param coincidentMuonFraction share of events with an unrelated down-going muon in their window,
 *     0..1
 * @param noiseScale sensor noise over IceCube's, 0..10
 * @param attemptMax tries to trigger before an event is forced (see {@link Simulator})
 */
public record SimulationSettings(
    long seed,
    double energyMinGev,
    double energyMaxGev,
    double spectralIndex,
    double hardFraction,
    double hardIndex,
    double trackFraction,
    double startingFraction,
    double vertexMarginMeters,
    double downgoingExcess,
    double coincidentMuonFraction,
    double noiseScale,
    int attemptMax) {
  /** Default least energy, GeV. */
  public static final double ENERGY_MIN_GEV = 20;

  /** Default largest energy, GeV. */
  public static final double ENERGY_MAX_GEV = 1e7;

  /** Default spectral index. */
  public static final double SPECTRAL_INDEX = 2.9;

  /** Default share of the hard spectrum. */
  public static final double HARD_FRACTION = 0.037;

  /** Default index of the hard spectrum. */
  public static final double HARD_INDEX = 1.35;

  /** Default share of tracks. */
  public static final double TRACK_FRACTION = 0.21;

  /** Default share of tracks that start in the ice. */
  public static final double STARTING_FRACTION = 0.72;

  /** Default margin of the vertex volume, metres. */
  public static final double VERTEX_MARGIN_METERS = 150;

  /** Default excess from above: mean zenith 1.534 rad as in the competition's data. */
  public static final double DOWNGOING_EXCESS = 0.18;

  /** Default share of events with a coincident muon. */
  public static final double COINCIDENT_MUON_FRACTION = 0.18;

  /** Default noise. */
  public static final double NOISE_SCALE = 1;

  /** Default most tries. */
  public static final int ATTEMPT_MAX = 2_000;

  /** The least energy that may be asked for, GeV; the light yields hold above. */
  public static final double ENERGY_FLOOR_GEV = 10;

  /** The largest energy that may be asked for, GeV. */
  public static final double ENERGY_CEILING_GEV = 1e9;

  private static final double VERTEX_MARGIN_MAX_METERS = 1_000;
  private static final double NOISE_SCALE_MAX = 10;
  private static final int ATTEMPT_CEILING = 1_000_000;

  public SimulationSettings {
    requireWithin("energyMinGev", energyMinGev, ENERGY_FLOOR_GEV, ENERGY_CEILING_GEV);
    requireWithin("energyMaxGev", energyMaxGev, energyMinGev, ENERGY_CEILING_GEV);
    requireWithin("spectralIndex", spectralIndex, 0, 10);
    requireWithin("hardFraction", hardFraction, 0, 1);
    requireWithin("hardIndex", hardIndex, 0, 10);
    requireWithin("trackFraction", trackFraction, 0, 1);
    requireWithin("startingFraction", startingFraction, 0, 1);
    requireWithin("vertexMarginMeters", vertexMarginMeters, 0, VERTEX_MARGIN_MAX_METERS);
    requireWithin("downgoingExcess", downgoingExcess, -1, 1);
    requireWithin("coincidentMuonFraction", coincidentMuonFraction, 0, 1);
    requireWithin("noiseScale", noiseScale, 0, NOISE_SCALE_MAX);
    if (attemptMax < 1 || attemptMax > ATTEMPT_CEILING) {
      throw new IllegalArgumentException(
          "attemptMax: " + attemptMax + " (expected: 1.." + ATTEMPT_CEILING + ")");
    }
  }

  private static void requireWithin(String name, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + ".." + max + ")");
    }
  }

  /** The defaults under a seed. */
  public static SimulationSettings of(long seed) {
    return new SimulationSettings(
        seed,
        ENERGY_MIN_GEV,
        ENERGY_MAX_GEV,
        SPECTRAL_INDEX,
        HARD_FRACTION,
        HARD_INDEX,
        TRACK_FRACTION,
        STARTING_FRACTION,
        VERTEX_MARGIN_METERS,
        DOWNGOING_EXCESS,
        COINCIDENT_MUON_FRACTION,
        NOISE_SCALE,
        ATTEMPT_MAX);
  }

  /** These settings with another spectrum. */
  public SimulationSettings withEnergies(double minGev, double maxGev, double index) {
    return new SimulationSettings(
        seed,
        minGev,
        maxGev,
        index,
        0,
        index,
        trackFraction,
        startingFraction,
        vertexMarginMeters,
        downgoingExcess,
        coincidentMuonFraction,
        noiseScale,
        attemptMax);
  }

  /** These settings with another mix of shapes. */
  public SimulationSettings withTracks(double fraction, double starting) {
    return new SimulationSettings(
        seed,
        energyMinGev,
        energyMaxGev,
        spectralIndex,
        hardFraction,
        hardIndex,
        fraction,
        starting,
        vertexMarginMeters,
        downgoingExcess,
        coincidentMuonFraction,
        noiseScale,
        attemptMax);
  }

  /** These settings with other noise and coincident muons. */
  public SimulationSettings withBackground(double noise, double muonFraction) {
    return new SimulationSettings(
        seed,
        energyMinGev,
        energyMaxGev,
        spectralIndex,
        hardFraction,
        hardIndex,
        trackFraction,
        startingFraction,
        vertexMarginMeters,
        downgoingExcess,
        muonFraction,
        noise,
        attemptMax);
  }

  /** These settings with another bound on tries. */
  public SimulationSettings withAttemptMax(int max) {
    return new SimulationSettings(
        seed,
        energyMinGev,
        energyMaxGev,
        spectralIndex,
        hardFraction,
        hardIndex,
        trackFraction,
        startingFraction,
        vertexMarginMeters,
        downgoingExcess,
        coincidentMuonFraction,
        noiseScale,
        max);
  }
}
