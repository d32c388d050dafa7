// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import icecube.physics.DetectorGeometry;
import icecube.simulator.SimulatedEvent;
import icecube.simulator.SimulatedEvents;
import icecube.simulator.SimulationSettings;
import icecube.simulator.Simulator;
import icecube.simulator.Topology;
import icecube.simulator.TriggerTimes;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The first events of a simulator's seed, made while they are read.
 *
 * <p>Which events come does not depend on the number of threads that make them. They trigger as a
 * Poisson process of {@link TriggerTimes#RATE_HZ}. Thread-safe; each cursor has threads of its own.
 */
public final class SimulatedSource implements EventSource {
  private final Simulator simulator;
  private final long eventCount;
  private final int threads;

  private SimulatedSource(Simulator simulator, long eventCount, int threads) {
    this.simulator = simulator;
    this.eventCount = eventCount;
    this.threads = threads;
  }

  /**
   * The events 1 to {@code eventCount} of {@code seed} in the default settings.
   *
   * @param threads threads that make them, at least 1
   */
  public static SimulatedSource of(
      long seed, long eventCount, DetectorGeometry geometry, int threads) {
    requireNonNull(geometry, "geometry");
    if (eventCount < 0) {
      throw new IllegalArgumentException("events: " + eventCount + " (expected: >= 0)");
    }
    if (threads < 1 || threads > SimulatedEvents.THREAD_MAX) {
      throw new IllegalArgumentException(
          "threads: " + threads + " (expected: 1.." + SimulatedEvents.THREAD_MAX + ")");
    }
    var simulator = new Simulator(SimulationSettings.of(seed), geometry);
    return new SimulatedSource(simulator, eventCount, threads);
  }

  @Override
  public String fingerprint() {
    return "simulated:" + simulator.settings() + ":" + geometry().hash() + ":" + eventCount;
  }

  @Override
  public DetectorGeometry geometry() {
    return simulator.geometry();
  }

  @Override
  public OptionalLong eventCount() {
    return OptionalLong.of(eventCount);
  }

  @Override
  public boolean hasTriggerTimes() {
    return true;
  }

  @Override
  public EventCursor open() {
    return open(new Place(0, 0));
  }

  @Override
  public EventCursor open(SourcePosition from) {
    if (!(from instanceof Place place)) {
      throw new IllegalArgumentException(
          "position: " + from + " (expected: one of this source's own)");
    }
    return new Cursor(place);
  }

  /**
   * A place.
   *
   * @param index events before it
   * @param lastNs when the last of them triggered
   */
  private record Place(long index, long lastNs) implements SourcePosition {}

  private final class Cursor implements EventCursor {
    private final SimulatedEvents events;
    private final TriggerTimes times;
    private Place place;

    Cursor(Place from) {
      place = from;
      times =
          TriggerTimes.from(
              simulator.settings().seed(), TriggerTimes.RATE_HZ, from.index(), from.lastNs());
      events = SimulatedEvents.open(simulator, from.index(), eventCount - from.index(), threads);
    }

    @Override
    public @Nullable SourceEvent next() {
      SimulatedEvent next = events.next();
      if (next == null) {
        return null;
      }
      place = new Place(place.index() + 1, times.nextNs());
      return new SourceEvent(
          next.event(),
          next.truth(),
          place.lastNs(),
          next.energyGev(),
          next.topology() == Topology.TRACK);
    }

    @Override
    public SourcePosition position() {
      return place;
    }

    @Override
    public void close() {
      events.close();
    }
  }
}
