// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SimulationSettingsTest {
  private final SimulationSettings defaults = SimulationSettings.of(3);

  @Test
  void defaultsAreTheNamedConstants() {
    assertThat(defaults.seed()).isEqualTo(3);
    assertThat(defaults.spectrum().energyMinGev()).isEqualTo(SimulationSettings.ENERGY_MIN_GEV);
    assertThat(defaults.spectrum().spectralIndex()).isEqualTo(SimulationSettings.SPECTRAL_INDEX);
    assertThat(defaults.attemptMax()).isEqualTo(SimulationSettings.ATTEMPT_MAX);
  }

  @Test
  void everyChangeKeepsTheRest() {
    var changed =
        defaults
            .withEnergies(50, 500, 3)
            .withTracks(0.7, 0.2)
            .withBackground(2, 0.3)
            .withAttemptMax(9);

    assertThat(changed)
        .isEqualTo(
            new SimulationSettings(
                3,
                new SimulationSettings.Spectrum(50, 500, 3, 0, 3),
                new SimulationSettings.Tracks(0.7, 0.2),
                defaults.vertexMarginMeters(),
                defaults.downgoingExcess(),
                new SimulationSettings.Background(2, 0.3),
                9));
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> defaults.withEnergies(9, 500, 2))
        .hasMessage("energyMinGev: 9.0 (expected: 10.0..1.0E9)");
    assertThatThrownBy(() -> defaults.withEnergies(100, 50, 2))
        .hasMessage("energyMaxGev: 50.0 (expected: 100.0..1.0E9)");
    assertThatThrownBy(() -> defaults.withEnergies(100, 1e4, Double.NaN))
        .hasMessage("spectralIndex: NaN (expected: 0.0..10.0)");
    assertThatThrownBy(() -> defaults.withTracks(1.1, 0))
        .hasMessage("trackFraction: 1.1 (expected: 0.0..1.0)");
    assertThatThrownBy(() -> defaults.withBackground(11, 0))
        .hasMessage("noiseScale: 11.0 (expected: 0.0..10.0)");
    assertThatThrownBy(() -> defaults.withAttemptMax(0))
        .hasMessage("attemptMax: 0 (expected: 1..1000000)");
  }

  @Test
  void everyPartRefusesWhatItCannotBe() {
    assertThatThrownBy(() -> new SimulationSettings.Spectrum(50, 500, 2, 1.5, 2))
        .hasMessage("hardFraction: 1.5 (expected: 0.0..1.0)");
    assertThatThrownBy(() -> new SimulationSettings.Spectrum(50, 500, 2, 0.5, 11))
        .hasMessage("hardIndex: 11.0 (expected: 0.0..10.0)");
    assertThatThrownBy(() -> new SimulationSettings.Tracks(0.5, -1))
        .hasMessage("startingFraction: -1.0 (expected: 0.0..1.0)");
    assertThatThrownBy(() -> new SimulationSettings.Background(1, 2))
        .hasMessage("coincidentMuonFraction: 2.0 (expected: 0.0..1.0)");
  }

  @Test
  void bundlesFollowTheirLawUpToTheirLimit() {
    var random = new RandomStream();
    random.restart(3, 0);
    int[] bundles = new int[PrimaryDraw.BUNDLE_MAX + 1];
    for (int draw = 0; draw < 200_000; draw++) {
      bundles[PrimaryDraw.bundleSize(random)]++;
    }
    // At least n in n^−3 of the bundles: 1 in 7/8, 30 in 1/27,000.
    assertThat(bundles[0]).isZero();
    assertThat(bundles[1] / 200_000.0).isCloseTo(0.875, within(0.004));
    assertThat(bundles[2] / 200_000.0).isCloseTo(1 / 8.0 - 1 / 27.0, within(0.004));
    assertThat(bundles[PrimaryDraw.BUNDLE_MAX]).isBetween(1, 30);
  }

  @Test
  void energiesFollowThePowerLaw() {
    var random = new RandomStream();
    random.restart(1, 0);
    int above = 0;
    for (int draw = 0; draw < 100_000; draw++) {
      double energy = PrimaryDraw.powerLaw(random, 100, 1e6, 2);
      assertThat(energy).isBetween(99.999, 1.000001e6);
      above += energy > 1_000 ? 1 : 0;
    }
    // (1/1000 − 1e-6) / (1/100 − 1e-6)
    assertThat(above / 100_000.0).isCloseTo(0.0999, within(0.005));
    assertThat(PrimaryDraw.powerLaw(random, 100, 100, 1)).isCloseTo(100, within(1e-9));
  }

  @Test
  void directionsFollowTheExcess() {
    var random = new RandomStream();
    random.restart(2, 0);
    double sum = 0;
    double around = 0;
    for (int draw = 0; draw < 100_000; draw++) {
      var direction = PrimaryDraw.direction(random, 0.6);
      sum += direction.z();
      around += direction.x();
    }
    // The mean of c over density (1 + a c)/2 is a/3.
    assertThat(sum / 100_000).isCloseTo(0.2, within(0.01));
    assertThat(around / 100_000).isCloseTo(0, within(0.01));
  }
}
