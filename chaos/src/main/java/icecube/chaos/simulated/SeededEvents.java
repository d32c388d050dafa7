// SPDX-License-Identifier: Apache-2.0
package icecube.chaos.simulated;

import icecube.emitter.EventCursor;
import icecube.emitter.EventSource;
import icecube.emitter.SourceEvent;
import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.physics.PulseSeries;
import icecube.v1.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The source of one run, some of it bad, and what has to become of each of its events. Confined to
 * one thread.
 */
final class SeededEvents implements EventSource {
  private static final int SENSOR_UNKNOWN = 5_160;
  private static final int PULSES_PACKED = 16;
  private static final List<Reason> BAD =
      List.of(
          Reason.REASON_EVENT_EMPTY,
          Reason.REASON_SENSOR_UNKNOWN,
          Reason.REASON_CHARGE_OUT_OF_RANGE,
          Reason.REASON_EVENT_ID_DUPLICATE,
          Reason.REASON_PREDICTION_INVALID,
          Reason.REASON_EVENT_TOO_LARGE);

  private final long seed;
  private final List<Event> events = new ArrayList<>();
  private final Map<Long, Reason> reasons = new HashMap<>();
  private final Map<Long, Integer> copies = new HashMap<>();
  private final Set<Long> stubborn = new HashSet<>();
  private final int pulseCount;

  SeededEvents(long seed, Scenario scenario, Dice dice) {
    this.seed = seed;
    // What is to be packed has to shrink by it.
    this.pulseCount = scenario.isPacked() ? PULSES_PACKED : 1;
    for (long id = 1; id <= scenario.eventCount(); id++) {
      if (dice.happens(scenario.badShare())) {
        addBad(id, BAD.get(dice.between(0, BAD.size() - 1)), dice);
      } else {
        events.add(sound(id));
        if (scenario.stubbornShare() > 0 && dice.happens(scenario.stubbornShare())) {
          stubborn.add(id);
        }
      }
    }
    for (int poison = 0; poison < scenario.poisonCount() && !events.isEmpty(); poison++) {
      long id = scenario.eventCount() + 1L + poison;
      reasons.put(id, Reason.REASON_CRASH_LOOP);
      events.add(dice.between(0, events.size() - 1), sound(id));
    }
  }

  private void addBad(long id, Reason reason, Dice dice) {
    if (reason == Reason.REASON_EVENT_ID_DUPLICATE) {
      if (!events.isEmpty()) {
        Event before = events.get(dice.between(0, events.size() - 1));
        copies.merge(before.id(), 1, Integer::sum);
        events.add(before);
      }
      return;
    }
    reasons.put(id, reason);
    events.add(
        switch (reason) {
          case REASON_EVENT_EMPTY -> new Event(id, PulseSeries.EMPTY);
          case REASON_SENSOR_UNKNOWN -> event(id, SENSOR_UNKNOWN, 1);
          case REASON_CHARGE_OUT_OF_RANGE -> event(id, 1, Float.NaN);
          default -> sound(id); // the model's verdict, not ours
        });
  }

  private Event sound(long id) {
    return event(id, (int) (id % SENSOR_UNKNOWN), 1);
  }

  private Event event(long id, int sensorId, float chargePe) {
    int[] sensorIds = new int[pulseCount];
    float[] timesNs = new float[pulseCount];
    float[] chargesPe = new float[pulseCount];
    Arrays.fill(sensorIds, sensorId);
    Arrays.fill(timesNs, 10);
    Arrays.fill(chargesPe, chargePe);
    return new Event(id, PulseSeries.of(sensorIds, timesNs, chargesPe, new boolean[pulseCount]));
  }

  /** All events, copies included. */
  List<Event> events() {
    return events;
  }

  /** Why the event has to become a dead letter; null if it has to be predicted. */
  @Nullable Reason reason(long id) {
    return reasons.get(id);
  }

  /** Whether servers fail at it as long as anything goes wrong. */
  boolean isStubborn(long id) {
    return stubborn.contains(id);
  }

  /** How often the event came again, each to be a dead letter as a duplicate. */
  int copies(long id) {
    return copies.getOrDefault(id, 0);
  }

  @Override
  public String fingerprint() {
    return "seeded:" + seed;
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
    Iterator<Event> rest = events.iterator();
    return new EventCursor() {
      @Override
      public @Nullable SourceEvent next() {
        return rest.hasNext() ? new SourceEvent(rest.next(), null) : null;
      }

      @Override
      public void close() {}
    };
  }
}
