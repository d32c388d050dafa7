// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the events of a source into entries: an entry ends with the event that brings it to so many
 * events or so many pulses, whichever comes first, refused ones included.
 *
 * <p>Where it cuts depends only on the events since the end of an entry; so every reading has to
 * begin at one. Confined to one thread.
 */
final class EntryCutter {
  private final EventCursor cursor;
  private final Door door;
  private final int eventsMax;
  private final int pulsesMax;
  private long entriesCut;
  private long eventsCut;

  /**
   * @param entriesBefore entries of the source before the cursor
   * @param eventsBefore events of the source before the cursor
   */
  EntryCutter(
      EventCursor cursor,
      Door door,
      EmitterSettings settings,
      long entriesBefore,
      long eventsBefore) {
    this.cursor = cursor;
    this.door = door;
    this.eventsMax = settings.entryEventsMax();
    this.pulsesMax = settings.entryPulsesMax();
    this.entriesCut = entriesBefore;
    this.eventsCut = eventsBefore;
  }

  /** Events of the source up to the end of the last entry. */
  long eventsCut() {
    return eventsCut;
  }

  /** The next entry, or null after the last. */
  @Nullable CutEntry next() {
    List<Event> events = new ArrayList<>(eventsMax);
    List<Refusal> refusals = new ArrayList<>(0);
    TriggerSpan span = null;
    long pulses = 0;
    while (events.size() + refusals.size() < eventsMax && pulses < pulsesMax) {
      SourceEvent next = cursor.next();
      if (next == null) {
        break;
      }
      Event event = next.event();
      var refusal = door.refusal(eventsCut++, event);
      if (refusal.isPresent()) {
        refusals.add(refusal.get());
      } else {
        events.add(event);
      }
      pulses += event.pulses().count();
      span = TriggerSpan.with(span, next.triggerTimeNs());
    }
    if (events.isEmpty() && refusals.isEmpty()) {
      return null;
    }
    return new CutEntry(entriesCut++, events, refusals, span);
  }
}
