// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.DetectorGeometry;
import icecube.physics.Direction;
import icecube.physics.IceModel;
import icecube.physics.IceOptics;
import org.junit.jupiter.api.Test;

/** Drawn photons against the formulas they are drawn from. */
class LightTest {
  private static final Direction FROM_ABOVE = new Direction(0, 0, 1);
  private static final int ROUNDS = 2_000;

  private final IceModel ice = new IceModel();
  private final PhotonBuffer photons = new PhotonBuffer();
  private final RandomStream random = new RandomStream();

  private static Primary shower(double gev, double z) {
    return new Primary(Topology.CASCADE, FROM_ABOVE, 0, 0, z, 0, 0, gev, false, 0);
  }

  private static Primary muon(double gev, double upstream, Direction origin) {
    return new Primary(Topology.TRACK, origin, 0, 0, 0, gev, upstream, 0, false, 0);
  }

  private ShowerLight showerLight(DetectorGeometry geometry) {
    random.restart(11, 0);
    return new ShowerLight(
        new SensorArray(geometry, ice),
        ice,
        LightBound.ofCascades(ice),
        new PhotonArrivals(photons, random),
        random);
  }

  private MuonLight muonLight(DetectorGeometry geometry) {
    var showers = showerLight(geometry);
    random.restart(12, 0);
    return new MuonLight(
        new SensorArray(geometry, ice),
        ice,
        LightBound.ofTracks(ice),
        new PhotonArrivals(photons, random),
        random,
        showers);
  }

  private int[] countsBySlot(int slotCount) {
    int[] counts = new int[slotCount];
    for (int photon = 0; photon < photons.count(); photon++) {
      counts[photons.slot(photon)]++;
    }
    return counts;
  }

  @Test
  void aShowerGivesAsManyPhotonsAsTheFormula() {
    var light = showerLight(DetectorFixtures.row(0, 60));
    double energy = 30;
    for (int round = 0; round < ROUNDS; round++) {
      light.shine(shower(energy, Optics.showerMaximumMeters(energy)));
    }

    var path = new LightPath(ice);
    path.startAt(IceModel.CENTRE_DEPTH_METERS);
    double depth = IceModel.CENTRE_DEPTH_METERS;
    path.endAt(depth, ice.scatteringsTo(depth), ice.absorptionsTo(depth));
    double direct = path.directShare(60);
    double pe =
        Optics.PE_PER_METER
            * Optics.METERS_PER_GEV
            * energy
            * path.cascadeDensity(60)
            * (1 + direct * (Optics.cascadeDirectionality(0) - 1))
            * (1 + direct * (Optics.angularSensitivity(0) - 1));
    double expected = pe * 1.059 * ROUNDS;
    assertThat((double) photons.count()).isCloseTo(expected, within(5 * Math.sqrt(expected)));
  }

  @Test
  void aMuonGivesAsManyPhotonsAsTheFormula() {
    var light = muonLight(DetectorFixtures.row(0, 40));
    for (int round = 0; round < ROUNDS; round++) {
      // So slow that it hardly ever loses 10 GeV at once: all light is the smooth track's.
      light.shine(muon(10, 60, FROM_ABOVE));
    }

    double emissionZ = 40 / Optics.TAN_CHERENKOV;
    var path = new LightPath(ice);
    path.startAt(IceModel.depthMeters(emissionZ));
    double depth = IceModel.depthMeters(0);
    path.endAt(depth, ice.scatteringsTo(depth), ice.absorptionsTo(depth));
    double cosEta = -emissionZ / (40 / IceOptics.SIN_CHERENKOV);
    double pe =
        Optics.PE_PER_METER
            * Optics.muonLight(Optics.muonEnergyGev(10, -emissionZ))
            * path.trackDensity(40)
            * (1 + path.directShare(40) * (Optics.angularSensitivity(cosEta) - 1));
    double expected = pe * 1.059 * ROUNDS;
    assertThat((double) photons.count()).isCloseTo(expected, within(5 * Math.sqrt(expected)));
  }

  @Test
  void nearSensorsGetMoreLightThanFarOnes() {
    var light = showerLight(DetectorFixtures.row(0, 20, 50, 100, 150));
    for (int round = 0; round < 200; round++) {
      light.shine(shower(200, 0));
    }

    int[] counts = countsBySlot(4);
    assertThat(counts[0]).isGreaterThan(4 * counts[1]);
    assertThat(counts[1]).isGreaterThan(4 * counts[2]);
    assertThat(counts[2]).isGreaterThan(counts[3]);
  }

  @Test
  void showerLightStartsAtTheStraightWay() {
    var light = showerLight(DetectorFixtures.row(0, 30));
    double energy = 10_000;
    double ahead = Optics.showerMaximumMeters(energy);
    light.shine(shower(energy, ahead));
    photons.sort();

    // Prepulses come 31.8 ns early; at a median they do not count.
    double straightNs = ahead / IceOptics.LIGHT_SPEED + 30 / IceOptics.ICE_SPEED;
    assertThat(photons.count()).isGreaterThan(100);
    assertThat(photons.timeNs(0)).isGreaterThan(straightNs - 40);
    assertThat(photons.timeNs(photons.count() / 10)).isGreaterThan(straightNs);
    assertThat(photons.timeNs(photons.count() / 50)).isLessThan(straightNs + 120);
  }

  @Test
  void aMuonLightsSensorsOneAfterTheOtherAndAShowerAllAround() {
    var geometry = DetectorFixtures.grid(1, 21);
    double[] muonNs = medianTimesNs(geometry, true);
    double[] showerNs = medianTimesNs(geometry, false);

    // Downward at light speed over 2 × 136 m; the shower's light runs both ways from its middle.
    assertThat(muonNs[18] - muonNs[2]).isCloseTo(272 / IceOptics.LIGHT_SPEED, within(250.0));
    assertThat(showerNs[2] - showerNs[10]).isGreaterThan(300);
    assertThat(showerNs[18] - showerNs[10]).isGreaterThan(300);
  }

  private double[] medianTimesNs(DetectorGeometry geometry, boolean isMuon) {
    photons.clear();
    if (isMuon) {
      var light = muonLight(geometry);
      for (int round = 0; round < 200; round++) {
        light.shine(new Primary(Topology.TRACK, FROM_ABOVE, 15, 0, -200, 500, 2_500, 0, false, 0));
      }
    } else {
      var light = showerLight(geometry);
      for (int round = 0; round < 20; round++) {
        light.shine(new Primary(Topology.CASCADE, FROM_ABOVE, 15, 0, -200, 0, 0, 3_000, false, 0));
      }
    }
    photons.sort();
    int[] counts = countsBySlot(geometry.sensorCount());
    double[] medians = new double[counts.length];
    int from = 0;
    for (int slot = 0; slot < counts.length; slot++) {
      medians[slot] = photons.timeNs(from + counts[slot] / 2);
      from += counts[slot];
    }
    return medians;
  }

  @Test
  void aMuonThatStopsLeavesTheIceBehindItDark() {
    // 20 GeV end after 82 m; sensors 300 m below the vertex see nothing, those beside it do.
    var below = DetectorFixtures.row(-300, 20);
    var beside = DetectorFixtures.row(-60, 20);
    var origin = FROM_ABOVE;

    assertThat(photonsOf(muonLight(below), muon(20, 0, origin))).isLessThan(10);
    assertThat(photonsOf(muonLight(beside), muon(20, 0, origin))).isGreaterThan(500);
  }

  private int photonsOf(MuonLight light, Primary primary) {
    photons.clear();
    for (int round = 0; round < ROUNDS; round++) {
      light.shine(primary);
    }
    return photons.count();
  }

  @Test
  void blindingLightIsSampledByPowersOfTwo() {
    var light = showerLight(DetectorFixtures.row(0, 5));
    light.shine(shower(1e6, 0));

    assertThat(photons.count()).isBetween(200, 700);
    double weight = photons.weight(0);
    assertThat(weight).isGreaterThan(1_000);
    assertThat(Long.bitCount((long) weight)).isOne();
  }
}
