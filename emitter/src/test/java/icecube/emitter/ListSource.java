// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A source of given events that counts how often it was opened and how many events were read. */
class ListSource implements EventSource {
  /** From one trigger to the next: 100 events a second. */
  static final long PAUSE_NS = 10_000_000;

  private final List<Event> events;
  private int opened;
  private int openedLate;
  private long read;
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

  /** Events of which every third or so is unsound, or has an id that came before. */
  static ListSource mixed(int eventCount, Random random) {
    var events = new ArrayList<Event>();
    for (int id = 1; id <= eventCount; id++) {
      events.add(
          switch (random.nextInt(9)) {
            case 0 -> event(id, 0);
            case 1 -> event(1 + random.nextInt(id), 2);
            case 2 -> unsound(id);
            default -> event(id, 1 + id % 5);
          });
    }
    return new ListSource(events);
  }

  /** An event with a sensor that no detector has. */
  static Event unsound(long id) {
    return new Event(
        id,
        PulseSeries.of(
            new int[] {99_999}, new float[] {1}, new float[] {1}, new boolean[] {false}));
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

  /** How often it was read on from a place behind its start. */
  int openedLate() {
    return openedLate;
  }

  /** Events read, those read again counted again. */
  long read() {
    return read;
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
  public boolean hasTriggerTimes() {
    return true;
  }

  @Override
  public EventCursor open() {
    return open(new Place(0));
  }

  /** A place: events before it. */
  private record Place(int index) implements SourcePosition {}

  @Override
  public EventCursor open(SourcePosition from) {
    opened++;
    openedLate += ((Place) from).index() > 0 ? 1 : 0;
    var iterator = events.listIterator(((Place) from).index());
    return new EventCursor() {
      @Override
      public @Nullable SourceEvent next() {
        if (!iterator.hasNext()) {
          return null;
        }
        read++;
        long timeNs = iterator.nextIndex() * PAUSE_NS;
        return new SourceEvent(iterator.next(), null, timeNs);
      }

      @Override
      public SourcePosition position() {
        return new Place(iterator.nextIndex());
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }
}
