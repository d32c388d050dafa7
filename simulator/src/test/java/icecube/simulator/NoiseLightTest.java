// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import icecube.physics.IceCube86;
import icecube.physics.IceModel;
import org.junit.jupiter.api.Test;

class NoiseLightTest {
  /** Live sensors of IceCube with and without high quantum efficiency: 5,083 in all. */
  private static final int EFFICIENT = 399;

  private static final int PLAIN = 4_684;
  private static final double RATIO = 780.0 / 560;

  private final SensorArray sensors = new SensorArray(IceCube86.geometry(), new IceModel());
  private final PhotonBuffer photons = new PhotonBuffer();
  private final RandomStream random = new RandomStream();

  @Test
  void theRateIsThatOfAllSensors() {
    random.restart(4, 0);
    var noise = new NoiseLight(sensors, photons, random, 1);
    for (int window = 0; window < 2_000; window++) {
      noise.fill(-5_000, 5_000);
    }

    // Live sensors over 20 ms; bursts reach back 40 µs, so a few late ones miss.
    double recorded = (PLAIN + EFFICIENT * RATIO) * NoiseLight.RECORDED_HZ * 0.02;
    double expected = recorded / SensorResponse.RECORDED_SHARE;
    assertThat(photons.count() / expected).isCloseTo(1, within(0.05));
    for (int photon = 0; photon < photons.count(); photon++) {
      assertThat(photons.timeNs(photon)).isBetween(-5_000.1, 5_000.1);
    }
  }

  @Test
  void efficientSensorsAreNoisierAndDeadOnesSilent() {
    random.restart(5, 0);
    new NoiseLight(sensors, photons, random, 10).fill(0, 2_000_000);
    double efficient = 0;
    for (int photon = 0; photon < photons.count(); photon++) {
      assertThat(sensors.isAlive(photons.slot(photon))).isTrue();
      efficient += sensors.isEfficient(photons.slot(photon)) ? 1 : 0;
    }
    double perEfficient = efficient / EFFICIENT;
    double perPlain = (photons.count() - efficient) / PLAIN;

    assertThat(perEfficient / perPlain).isCloseTo(RATIO, within(0.1));
  }

  @Test
  void theRecordedRateIsVuvuzelas() {
    assertThat(NoiseLight.RECORDED_HZ).isCloseTo(632.7, within(0.1));
    // The published total of arXiv:1612.05093 is 560 Hz; recorded events show 616 Hz.
    assertThat(NoiseLight.RECORDED_HZ).isBetween(560.0, 640.0);
  }

  @Test
  void theShareAboveThresholdIsThatOfDrawnCharges() {
    random.restart(7, 0);
    int above = 0;
    for (int draw = 0; draw < 200_000; draw++) {
      above += SensorResponse.chargePe(random, 1) >= SensorResponse.THRESHOLD_PE ? 1 : 0;
    }

    assertThat(above / 200_000.0).isCloseTo(SensorResponse.RECORDED_SHARE, within(0.004));
  }

  @Test
  void aScaleOfZeroIsSilence() {
    random.restart(6, 0);
    new NoiseLight(sensors, photons, random, 0).fill(0, 1e6);

    assertThat(photons.count()).isZero();
  }
}
