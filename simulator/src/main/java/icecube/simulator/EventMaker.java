// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import icecube.physics.Event;
import icecube.physics.IceModel;
import icecube.physics.PulseSeries;
import org.jspecify.annotations.Nullable;

/**
 * The workbench on which one thread makes event after event: all buffers, reused.
 *
 * <p>An attempt draws a neutrino, lets it shine, and asks the triggers; only then, since most
 * attempts end there, come noise and a coincident muon, and the triggers are asked again.
 */
final class EventMaker {
  private final SimulationSettings settings;
  private final PrimaryDraw primaries;
  private final RandomStream random = new RandomStream();
  private final PhotonBuffer photons = new PhotonBuffer();
  private final ShowerLight showerLight;
  private final MuonLight muonLight;
  private final NoiseLight noise;
  private final LaunchTable launches;
  private final TriggerLogic trigger;
  private final PulseReadout readout;
  private final SensorArray sensors;

  EventMaker(
      SimulationSettings settings,
      SensorArray sensors,
      IceModel ice,
      LightBound trackBound,
      LightBound cascadeBound) {
    this.settings = settings;
    this.sensors = sensors;
    this.primaries = new PrimaryDraw(settings, sensors.bounds());
    var arrivals = new PhotonArrivals(photons, random);
    this.showerLight = new ShowerLight(sensors, ice, cascadeBound, arrivals, random);
    this.muonLight = new MuonLight(sensors, ice, trackBound, arrivals, random, showerLight);
    this.noise = new NoiseLight(sensors, photons, random, settings.background().noiseScale());
    this.launches = new LaunchTable(sensors);
    this.trigger = new TriggerLogic(sensors);
    this.readout = new PulseReadout(sensors);
  }

  /** Event {@code index} of the settings' seed. */
  SimulatedEvent make(long index) {
    random.restart(settings.seed(), index);
    for (int attempt = 0; attempt < settings.attemptMax(); attempt++) {
      var primary = primaries.neutrino(random);
      var pulses = attempt(primary);
      if (pulses != null) {
        return eventOf(index, primary, pulses);
      }
    }
    return forced(index);
  }

  private @Nullable PulseSeries attempt(Primary primary) {
    photons.clear();
    shine(primary);
    if (!triggers()) {
      return null;
    }
    if (random.chance(settings.background().coincidentMuonFraction())) {
      shineBundle();
    }
    addNoise(trigger.firstNs(), trigger.lastNs());
    if (!triggers()) {
      return null;
    }
    return readOut(trigger.firstNs(), trigger.lastNs());
  }

  private void shine(Primary primary) {
    if (primary.showerGev() > 0) {
      showerLight.shine(primary);
    }
    if (primary.muonGev() > 0) {
      muonLight.shine(primary);
    }
  }

  private void shineBundle() {
    var first = primaries.coincidentMuon(random);
    shine(first);
    for (int others = PrimaryDraw.bundleSize(random) - 1; others > 0; others--) {
      shine(primaries.companion(random, first));
    }
  }

  private boolean triggers() {
    photons.sort();
    launches.build(photons, random);
    return trigger.fires(launches);
  }

  private void addNoise(double firstNs, double lastNs) {
    noise.fill(
        firstNs - PulseReadout.BEFORE_NS - LaunchTable.LAUNCH_NS, lastNs + PulseReadout.AFTER_NS);
  }

  private PulseSeries readOut(double firstNs, double lastNs) {
    double clockNs = random.uniform(0, PulseReadout.CLOCK_NS);
    return readout.read(launches, photons, firstNs, lastNs, clockNs);
  }

  /**
   * The event of last resort, for detectors that hardly trigger: a shower of the largest energy one
   * metre below the sensor next to the centre, read out from its first launch on, trigger or not.
   */
  private SimulatedEvent forced(long index) {
    var primary = primaries.forced(random, sensors);
    photons.clear();
    shine(primary);
    boolean isTriggered = triggers();
    double firstNs = isTriggered ? trigger.firstNs() : firstLaunchNs();
    double lastNs = isTriggered ? trigger.lastNs() : firstNs;
    addNoise(firstNs, lastNs);
    photons.sort();
    launches.build(photons, random);
    return eventOf(index, primary, readOut(firstNs, lastNs));
  }

  private double firstLaunchNs() {
    double first = Double.POSITIVE_INFINITY;
    for (int launch = 0; launch < launches.count(); launch++) {
      first = Math.min(first, launches.timeNs(launch));
    }
    return first;
  }

  private static SimulatedEvent eventOf(long index, Primary primary, PulseSeries pulses) {
    return new SimulatedEvent(
        new Event(index + 1, pulses), primary.origin(), primary.energyGev(), primary.topology());
  }
}
