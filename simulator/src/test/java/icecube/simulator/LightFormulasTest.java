// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.IceModel;
import icecube.physics.IceOptics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LightFormulasTest {
  private final IceModel ice = new IceModel();
  private final LightPath path = new LightPath(ice);

  @Test
  void theCherenkovAngleIsThatOfIce() {
    double angleDeg = Math.toDegrees(Math.acos(IceOptics.COS_CHERENKOV));

    assertThat(angleDeg).isCloseTo(40.7, within(0.05));
    assertThat(IceOptics.ICE_SPEED).isCloseTo(0.2211, within(1e-4));
    assertThat(Optics.PE_PER_METER).isCloseTo(141.6, within(0.1));
  }

  @Test
  void cherenkovTimeMatchesAHandComputedCase() {
    // 100 m beside the origin: light leaves 116.19 m before it, 387.56 ns early, and needs 153.29 m
    // at 0.22107 m/ns = 693.42 ns.
    assertThat(Optics.cherenkovTimeNs(0, 100)).isCloseTo(693.42 - 387.56, within(0.05));
    assertThat(Optics.cherenkovTimeNs(299.792458, 0)).isCloseTo(1_000, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 10, 37, 250})
  void cherenkovTimeIsTrackTimePlusPhotonTime(double distance) {
    double along = 42;
    double emission = along - distance / Optics.TAN_CHERENKOV;
    double photon = distance / IceOptics.SIN_CHERENKOV;

    double expected = emission / IceOptics.LIGHT_SPEED + photon / IceOptics.ICE_SPEED;

    assertThat(Optics.cherenkovTimeNs(along, distance)).isCloseTo(expected, within(1e-9));
  }

  @Test
  void aMuonEndsWhereItsEnergyDoes() {
    double range = Optics.muonRangeMeters(1_000);

    assertThat(range).isCloseTo(2_620, within(15.0));
    assertThat(Optics.muonEnergyGev(1_000, range)).isCloseTo(0, within(1e-6));
    assertThat(Optics.muonEnergyGev(1_000, range + 50)).isZero();
    assertThat(Optics.muonEnergyGev(1_000, -100)).isGreaterThan(1_000);
  }

  @Test
  void aHadronicShowerIsDimmer() {
    assertThat(Optics.hadronicShare(1_000)).isCloseTo(0.83, within(0.005));
    assertThat(Optics.hadronicShare(100)).isLessThan(Optics.hadronicShare(1e5));
    assertThat(Optics.hadronicSpread(1_000)).isBetween(0.02, 0.1);
  }

  @Test
  void directionalFactorsHaveMeanOneOverTheSphere() {
    double directionality = 0;
    double sensitivity = 0;
    int steps = 200_000;
    for (int step = 0; step < steps; step++) {
      double cosine = -1 + (step + 0.5) * 2 / steps;
      directionality += Optics.cascadeDirectionality(cosine) / steps;
      sensitivity += Optics.angularSensitivity(cosine) / steps;
    }

    assertThat(directionality).isCloseTo(1, within(0.002));
    assertThat(sensitivity).isCloseTo(1, within(0.01));
    assertThat(Optics.angularSensitivity(1)).isCloseTo(2, within(1e-9));
    assertThat(Optics.angularSensitivity(-1)).isCloseTo(0, within(1e-9));
  }

  @Test
  void densitiesMatchAHandComputedCase() {
    // λ_e 25 m, λ_a 98 m: λ_p 26.71, λ_c 10.75, λ_µ 6.48 m.
    path.through(25, 98);

    assertThat(path.propagationMeters()).isCloseTo(26.71, within(0.01));
    assertThat(path.trackDensity(20)).isCloseTo(0.01355, within(1e-4));
    assertThat(path.cascadeDensity(20)).isCloseTo(2.319e-4, within(2e-6));
  }

  @Test
  void lightFallsWithDistance() {
    path.through(25, 98);
    for (double d = 1; d < 500; d += 1) {
      assertThat(path.trackDensity(d + 1)).isLessThan(path.trackDensity(d));
      assertThat(path.cascadeDensity(d + 1)).isLessThan(path.cascadeDensity(d));
      assertThat(path.directShare(d + 1)).isLessThan(path.directShare(d));
    }
  }

  @Test
  void farLightFallsByThePropagationLength() {
    path.through(25, 98);
    double ratio = path.cascadeDensity(400) / path.cascadeDensity(300);

    assertThat(ratio).isCloseTo(0.75 * Math.exp(-100 / path.propagationMeters()), within(1e-9));
  }

  @Test
  void theBoundLiesAboveEveryPath() {
    var tracks = LightBound.ofTracks(ice);
    var cascades = LightBound.ofCascades(ice);
    double cascadePeak = Optics.cascadeDirectionality(IceOptics.COS_CHERENKOV);
    double scale = Optics.PE_PER_METER * SensorArray.HIGH_EFFICIENCY;
    for (double from = 1400; from < 2480; from += 17) {
      for (double to = 1403; to < 2480; to += 29) {
        path.startAt(from);
        path.endAt(to, ice.scatteringsTo(to), ice.absorptionsTo(to));
        for (double d = Math.max(1, Math.abs(from - to)); d < 1_000; d *= 1.7) {
          double direct = path.directShare(d);
          double sensitivity = 1 + direct;
          assertThat(tracks.peMax(1, d)).isGreaterThan(scale * path.trackDensity(d) * sensitivity);
          assertThat(cascades.peMax(1, d))
              .isGreaterThan(
                  scale * path.cascadeDensity(d) * sensitivity * (1 + direct * (cascadePeak - 1)));
        }
      }
    }
  }

  @Test
  void brighterSourcesReachFurther() {
    var bound = LightBound.ofCascades(ice);

    assertThat(bound.reachMeters(100)).isLessThan(bound.reachMeters(10_000));
    assertThat(bound.peMax(100, bound.reachMeters(100))).isLessThanOrEqualTo(LightBound.PE_FLOOR);
    assertThat(bound.reachMeters(1e30)).isLessThanOrEqualTo(2_000);
  }

  @Test
  void effectiveDistanceIsLongestForASensorThatLooksAway() {
    assertThat(MuonLight.effectiveMeters(100, -1)).isCloseTo(95.626, within(1e-9));
    assertThat(MuonLight.effectiveMeters(100, 1)).isCloseTo(87.734, within(1e-9));
  }

  @Test
  void lightAlongAShowerComesAsItsGeometrySays() {
    double far = 1_000;
    double straightNs = far / IceOptics.ICE_SPEED;

    assertThat(PhotonArrivals.flightNs(0, far, 0.3)).isCloseTo(straightNs, within(1e-9));
    // Ahead along the axis light gains on the shower's own speed, behind it falls back by both
    // ways.
    double ahead = PhotonArrivals.flightNs(5, far, 1) - straightNs;
    double behind = PhotonArrivals.flightNs(5, far, -1) - straightNs;
    assertThat(ahead).isCloseTo(5 / IceOptics.LIGHT_SPEED - 5 / IceOptics.ICE_SPEED, within(1e-6));
    assertThat(behind).isCloseTo(5 / IceOptics.LIGHT_SPEED + 5 / IceOptics.ICE_SPEED, within(1e-6));
    // Where c/n_g = c cos ψ the whole length arrives at once: the cone of the group velocity.
    double cone = PhotonArrivals.flightNs(5, far, 1 / IceOptics.GROUP_INDEX) - straightNs;
    assertThat(cone).isCloseTo(0, within(0.05));
  }

  @Test
  void theShowersPlacesHaveTheirMostLightAtItsMaximum() {
    for (double energy : new double[] {100, 1e4, 1e6}) {
      double mode = (Optics.showerShape(energy) - 1) * Optics.SHOWER_UNIT_METERS;
      assertThat(Optics.showerMaximumMeters(energy)).isCloseTo(mode, within(1e-12));
    }
    assertThat(Optics.showerMaximumMeters(1e6)).isCloseTo(6.03, within(0.05));
  }
}
