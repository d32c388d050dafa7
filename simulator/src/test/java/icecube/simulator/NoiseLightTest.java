// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.IceCube86;
import org.junit.jupiter.api.Test;

class NoiseLightTest {
  private final SensorArray sensors = new SensorArray(IceCube86.geometry(), new IceModel());
  private final PhotonBuffer photons = new PhotonBuffer();
  private final RandomStream random = new RandomStream();

  @Test
  void denseStringsAreDeepCores() {
    assertThat(sensors.denseCount()).isEqualTo(480);
    for (int slot = 0; slot < sensors.count(); slot++) {
      assertThat(sensors.isDense(slot)).isEqualTo(sensors.sensorId(slot) >= 4680);
    }
  }

  @Test
  void theRateIsThatOfAllSensors() {
    random.restart(4, 0);
    var noise = new NoiseLight(sensors, photons, random, 1);
    for (int window = 0; window < 2_000; window++) {
      noise.fill(-5_000, 5_000);
    }

    // 4680 · 616 Hz + 480 · 858 Hz over 20 ms; bursts reach back 40 µs, so a few late ones miss.
    double expected = (4_680 * 616 + 480 * 858) * 0.02;
    assertThat(photons.count() / expected).isCloseTo(1, within(0.05));
    for (int photon = 0; photon < photons.count(); photon++) {
      assertThat(photons.timeNs(photon)).isBetween(-5_000.1, 5_000.1);
    }
  }

  @Test
  void denseSensorsAreNoisier() {
    random.restart(5, 0);
    new NoiseLight(sensors, photons, random, 10).fill(0, 2_000_000);
    double dense = 0;
    for (int photon = 0; photon < photons.count(); photon++) {
      dense += sensors.isDense(photons.slot(photon)) ? 1 : 0;
    }
    double perDense = dense / 480;
    double perPlain = (photons.count() - dense) / 4_680;

    assertThat(perDense / perPlain).isCloseTo(858.0 / 616, within(0.1));
  }

  @Test
  void aScaleOfZeroIsSilence() {
    random.restart(6, 0);
    new NoiseLight(sensors, photons, random, 0).fill(0, 1e6);

    assertThat(photons.count()).isZero();
  }
}
