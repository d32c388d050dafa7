// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.DetectorGeometry;
import icecube.physics.IceModel;
import icecube.physics.PulseSeries;

/** Bright photons at chosen slots and times, and what the readout makes of them. */
final class PulseFixture {
  /** Every photon stands for 256 photo-electrons, so none stays below threshold by chance. */
  private static final double MEAN_PE = 100_000;

  final SensorArray sensors;
  final PhotonBuffer photons = new PhotonBuffer();
  final RandomStream random = new RandomStream();
  final LaunchTable launches;
  final TriggerLogic trigger;

  PulseFixture(DetectorGeometry geometry) {
    sensors = new SensorArray(geometry, new IceModel());
    launches = new LaunchTable(sensors);
    trigger = new TriggerLogic(sensors);
    random.restart(1, 0);
    int drawn = photons.drawCount(random, MEAN_PE, random.uniform());
    if (drawn == 0) {
      throw new AssertionError("draws: 0 (expected: hundreds)");
    }
  }

  PulseFixture at(int slot, double timeNs) {
    photons.add(slot, timeNs);
    return this;
  }

  LaunchTable launch() {
    photons.sort();
    launches.build(photons, random);
    return launches;
  }

  boolean fires() {
    return trigger.fires(launch());
  }

  PulseSeries read(double firstNs, double lastNs) {
    return new PulseReadout(sensors).read(launch(), photons, firstNs, lastNs, 0);
  }
}
