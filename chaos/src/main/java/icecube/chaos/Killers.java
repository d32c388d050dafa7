// SPDX-License-Identifier: Apache-2.0
package icecube.chaos;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The events of a run whose handling kills the consumer.
 *
 * @param eventIds their ids
 */
record Killers(Set<Long> eventIds) {
  /** Events an emitter puts into one entry at most. */
  private static final int ENTRY_EVENTS_MAX = 32;

  Killers {
    eventIds = Set.copyOf(eventIds);
  }

  /** So many of the events 1 to {@code events}. */
  static Killers drawn(long seed, int count, long events) {
    var random = new Random(seed ^ 0x6b696c6cL);
    Set<Long> ids = new TreeSet<>();
    while (ids.size() < count) {
      ids.add(1 + (long) (random.nextDouble() * events));
    }
    return new Killers(ids);
  }

  /** Their ids, separated by commas. */
  String toText() {
    return eventIds.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Reads what {@link #toText} writes. */
  static Killers parse(String text) {
    return new Killers(
        Arrays.stream(text.split(",", -1))
            .filter(id -> !id.isEmpty())
            .map(Long::valueOf)
            .collect(Collectors.toSet()));
  }

  /** Entries that a backlog may have more because those of killers are split into their events. */
  int backlogExtra() {
    return eventIds.size() * ENTRY_EVENTS_MAX;
  }
}
