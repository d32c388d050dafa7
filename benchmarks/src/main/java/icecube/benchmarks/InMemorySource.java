// SPDX-License-Identifier: Apache-2.0
package icecube.benchmarks;

import icecube.emitter.EventCursor;
import icecube.emitter.EventSource;
import icecube.emitter.SimulatedSource;
import icecube.emitter.SourceEvent;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Events that are ready in memory, so that reading them costs the mesh nothing. */
record InMemorySource(List<Event> events, DetectorGeometry geometry) implements EventSource {
  /** The first {@code count} simulated events of seed 1. */
  static List<Event> simulate(int count) throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    List<Event> events = new ArrayList<>(count);
    try (EventCursor cursor = SimulatedSource.of(1, count, IceCube86.geometry(), threads).open()) {
      for (SourceEvent next = cursor.next(); next != null; next = cursor.next()) {
        events.add(next.event());
      }
    }
    return events;
  }

  @Override
  public String fingerprint() {
    return "in-memory-" + events.size();
  }

  @Override
  public OptionalLong eventCount() {
    return OptionalLong.of(events.size());
  }

  @Override
  public EventCursor open() {
    var iterator = events.iterator();
    return new EventCursor() {
      @Override
      public @Nullable SourceEvent next() {
        return iterator.hasNext() ? new SourceEvent(iterator.next(), null) : null;
      }

      @Override
      public void close() {}
    };
  }
}
