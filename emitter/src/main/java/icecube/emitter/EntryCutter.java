// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Cuts the events of a source into entries: an entry ends with the event that brings it to so many
 * events or so many pulses, whichever comes first.
 *
 * <p>Where it cuts, and which events are duplicates, depends only on the events since the source's
 * start; so every reading has to begin there. The ids seen are kept as a compressed bitmap: a few
 * bits each for ids that follow one another, 16 bytes each at worst. Confined to one thread.
 */
final class EntryCutter {
  private final EventCursor cursor;
  private final int eventsMax;
  private final int pulsesMax;
  private final Roaring64Bitmap idsSeen = new Roaring64Bitmap();

  EntryCutter(EventCursor cursor, int eventsMax, int pulsesMax) {
    this.cursor = cursor;
    this.eventsMax = eventsMax;
    this.pulsesMax = pulsesMax;
  }

  /** The next entry, or null after the last. */
  @Nullable CutEntry next() {
    List<Event> events = new ArrayList<>(eventsMax);
    List<Integer> duplicates = new ArrayList<>(0);
    long pulses = 0;
    while (events.size() < eventsMax && pulses < pulsesMax) {
      SourceEvent next = cursor.next();
      if (next == null) {
        break;
      }
      Event event = next.event();
      if (idsSeen.contains(event.id())) {
        duplicates.add(events.size());
      } else {
        idsSeen.addLong(event.id());
      }
      events.add(event);
      pulses += event.pulses().count();
    }
    return events.isEmpty() ? null : new CutEntry(events, duplicates);
  }
}
