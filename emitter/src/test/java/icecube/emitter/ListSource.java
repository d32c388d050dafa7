// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A source of given events that counts how often it was read. */
class ListSource implements EventSource {
  private final List<Event> events;
  private int opened;
  private int closed;

  ListSource(List<Event> events) {
    this.events = List.copyOf(events);
  }

  /** Events 1, 2 … of a few pulses each. */
  static ListSource of(int eventCount) {
    var events = new ArrayList<Event>();
    for (int id = 1; id <= eventCount; id++) {
      events.add(event(id, 1 + id % 5));
    }
    return new ListSource(events);
  }

  static Event event(long id, int pulseCount) {
    int[] sensorId = new int[pulseCount];
    float[] timeNs = new float[pulseCount];
    float[] chargePe = new float[pulseCount];
    boolean[] auxiliary = new boolean[pulseCount];
    for (int pulse = 0; pulse < pulseCount; pulse++) {
      sensorId[pulse] = (int) ((id * 31 + pulse) % 5_160);
      timeNs[pulse] = pulse * 10;
      chargePe[pulse] = 1 + pulse;
      auxiliary[pulse] = pulse % 2 == 1;
    }
    return new Event(id, PulseSeries.of(sensorId, timeNs, chargePe, auxiliary));
  }

  List<Event> events() {
    return events;
  }

  int opened() {
    return opened;
  }

  boolean isAllClosed() {
    return opened == closed;
  }

  @Override
  public String fingerprint() {
    return "list:" + events.hashCode();
  }

  @Override
  public DetectorGeometry geometry() {
    return IceCube86.geometry();
  }

  @Override
  public OptionalLong eventCount() {
    return OptionalLong.of(events.size());
  }

  @Override
  public EventCursor open() {
    opened++;
    var iterator = events.iterator();
    return new EventCursor() {
      @Override
      public @Nullable SourceEvent next() {
        return iterator.hasNext() ? new SourceEvent(iterator.next(), null) : null;
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }
}
