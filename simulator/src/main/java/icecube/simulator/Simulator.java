// SPDX-License-Identifier: Apache-2.0
package icecube.simulator;

import static java.util.Objects.requireNonNull;

import icecube.physics.DetectorGeometry;
import icecube.physics.IceModel;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Makes the events of a seed: {@link #event} is a pure function of settings, geometry and index.
 *
 * <p>An event is drawn again from its own stream until it triggers, at most {@code attemptMax}
 * times; then it is forced: the brightest shower allowed beside the sensor nearest the centre, read
 * out whether or not it triggers, so that every index has an event in every detector. Works with
 * any geometry; of IceCube's sensors the dead and the efficient ones are known ({@link
 * KnownSensors}), in any other strings denser than 12 m are taken as efficient.
 *
 * <p>Thread-safe. Keeps one workbench for each thread that ever asked at the same time; each is
 * below 1 MiB until the brightest events grow it, to 160 MiB at most.
 */
public final class Simulator {
  private final SimulationSettings settings;
  private final DetectorGeometry geometry;
  private final IceModel ice = new IceModel();
  private final LightBound trackBound = LightBound.ofTracks(ice);
  private final LightBound cascadeBound = LightBound.ofCascades(ice);
  private final SensorArray sensors;
  private final ConcurrentLinkedDeque<EventMaker> idle = new ConcurrentLinkedDeque<>();

  /** A simulator of one detector. */
  public Simulator(SimulationSettings settings, DetectorGeometry geometry) {
    this.settings = requireNonNull(settings, "settings");
    this.geometry = requireNonNull(geometry, "geometry");
    this.sensors = new SensorArray(geometry, ice);
  }

  /** What kind of events these are. */
  public SimulationSettings settings() {
    return settings;
  }

  /** The detector they are seen with. */
  public DetectorGeometry geometry() {
    return geometry;
  }

  /**
   * The event with this index; its id is index + 1.
   *
   * @throws IllegalArgumentException if the index is negative or {@code Long.MAX_VALUE}
   */
  public SimulatedEvent event(long index) {
    if (index < 0 || index == Long.MAX_VALUE) {
      throw new IllegalArgumentException(
          "index: " + index + " (expected: 0.." + (Long.MAX_VALUE - 1) + ")");
    }
    var maker = idle.pollFirst();
    if (maker == null) {
      maker = new EventMaker(settings, sensors, ice, trackBound, cascadeBound);
    }
    var event = maker.make(index);
    idle.addFirst(maker);
    return event;
  }
}
