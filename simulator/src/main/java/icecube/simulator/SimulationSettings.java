// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static java.util.Objects.requireNonNull;

/**
 * What kind of events to make; with the detector's geometry it fixes every byte of them.
 *
 * <p>{@link #of(long)} gives the defaults, which imitate the competition's training data; the
 * {@code with} methods change one part.
 *
 * @param seed start of all random numbers; every long is good
 * @param spectrum energies before the trigger selects
 * @param tracks mix of shapes before the trigger selects
 * @param vertexMarginMeters how far vertices reach beyond the cylinder of the sensors, 0..1000
 * @param downgoingExcess a of the density 1 + a·cos(zenith), −1..1; 0 is isotropic
 * @param background what is in the window but not of the neutrino
 * @param attemptMax tries to trigger before an event is forced (see {@link Simulator})
 */
public record SimulationSettings(
    long seed,
    Spectrum spectrum,
    Tracks tracks,
    double vertexMarginMeters,
    double downgoingExcess,
    Background background,
    int attemptMax) {
  /** Default least energy, GeV. */
  public static final double ENERGY_MIN_GEV = 20;

  /** Default largest energy, GeV. */
  public static final double ENERGY_MAX_GEV = 1e7;

  /** Default spectral index. */
  public static final double SPECTRAL_INDEX = 2.9;

  /** Default share of the hard spectrum. */
  public static final double HARD_FRACTION = 0.0345;

  /** Default index of the hard spectrum. */
  public static final double HARD_INDEX = 1.35;

  /** Default share of tracks. */
  public static final double TRACK_FRACTION = 0.21;

  /** Default share of tracks that start in the ice. */
  public static final double STARTING_FRACTION = 0.72;

  /** Default margin of the vertex volume, metres. */
  public static final double VERTEX_MARGIN_METERS = 150;

  /** Default excess from above: the triggered events' zenith quartiles as in batch 1. */
  public static final double DOWNGOING_EXCESS = 0.18;

  /** Default share of events with coincident muons. */
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

  /**
   * Energies of the neutrinos: a power law, and a harder one for the few very bright events.
   *
   * @param energyMinGev least energy, GeV
   * @param energyMaxGev largest energy, GeV
   * @param spectralIndex γ of the energies' density E^−γ
   * @param hardFraction share of the neutrinos that follow {@code hardIndex} instead, 0..1
   * @param hardIndex γ of those
   */
  public record Spectrum(
      double energyMinGev,
      double energyMaxGev,
      double spectralIndex,
      double hardFraction,
      double hardIndex) {
    public Spectrum {
      requireWithin("energyMinGev", energyMinGev, ENERGY_FLOOR_GEV, ENERGY_CEILING_GEV);
      requireWithin("energyMaxGev", energyMaxGev, energyMinGev, ENERGY_CEILING_GEV);
      requireWithin("spectralIndex", spectralIndex, 0, 10);
      requireWithin("hardFraction", hardFraction, 0, 1);
      requireWithin("hardIndex", hardIndex, 0, 10);
    }
  }

  /**
   * How many neutrinos make tracks.
   *
   * @param trackFraction share of tracks, 0..1; the rest are showers
   * @param startingFraction share of the tracks that start in the ice with a shower, 0..1; the
   *     others come in from outside
   */
  public record Tracks(double trackFraction, double startingFraction) {
    public Tracks {
      requireWithin("trackFraction", trackFraction, 0, 1);
      requireWithin("startingFraction", startingFraction, 0, 1);
    }
  }

  /**
   * What else the sensors see.
   *
   * @param noiseScale sensor noise over IceCube's, 0..10
   * @param coincidentMuonFraction share of events with an unrelated bundle of down-going muons in
   *     their window, 0..1
   */
  public record Background(double noiseScale, double coincidentMuonFraction) {
    public Background {
      requireWithin("noiseScale", noiseScale, 0, NOISE_SCALE_MAX);
      requireWithin("coincidentMuonFraction", coincidentMuonFraction, 0, 1);
    }
  }

  public SimulationSettings {
    requireNonNull(spectrum, "spectrum");
    requireNonNull(tracks, "tracks");
    requireNonNull(background, "background");
    requireWithin("vertexMarginMeters", vertexMarginMeters, 0, VERTEX_MARGIN_MAX_METERS);
    requireWithin("downgoingExcess", downgoingExcess, -1, 1);
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
        new Spectrum(ENERGY_MIN_GEV, ENERGY_MAX_GEV, SPECTRAL_INDEX, HARD_FRACTION, HARD_INDEX),
        new Tracks(TRACK_FRACTION, STARTING_FRACTION),
        VERTEX_MARGIN_METERS,
        DOWNGOING_EXCESS,
        new Background(NOISE_SCALE, COINCIDENT_MUON_FRACTION),
        ATTEMPT_MAX);
  }

  /** These settings with one power law for all energies. */
  public SimulationSettings withEnergies(double minGev, double maxGev, double index) {
    return with(new Spectrum(minGev, maxGev, index, 0, index), tracks, background, attemptMax);
  }

  /** These settings with another mix of shapes. */
  public SimulationSettings withTracks(double fraction, double starting) {
    return with(spectrum, new Tracks(fraction, starting), background, attemptMax);
  }

  /** These settings with other noise and coincident muons. */
  public SimulationSettings withBackground(double noise, double muonFraction) {
    return with(spectrum, tracks, new Background(noise, muonFraction), attemptMax);
  }

  /** These settings with another bound on tries. */
  public SimulationSettings withAttemptMax(int max) {
    return with(spectrum, tracks, background, max);
  }

  private SimulationSettings with(
      Spectrum newSpectrum, Tracks newTracks, Background newBackground, int newAttemptMax) {
    return new SimulationSettings(
        seed,
        newSpectrum,
        newTracks,
        vertexMarginMeters,
        downgoingExcess,
        newBackground,
        newAttemptMax);
  }
}
