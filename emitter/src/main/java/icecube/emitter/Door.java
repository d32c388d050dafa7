// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.EventDefect;
import icecube.proto.Reasons;
import icecube.v1.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Decides which events of a source go on: those that no direction could be made of, and those whose
 * id came before, do not.
 *
 * <p>It depends on the source alone, so that every reading refuses the same events. What has been
 * read once is remembered by its number, from 0: an event read again is not taken for its own
 * duplicate, and is not counted twice. Ids and numbers are compressed bitmaps: a few bits for each
 * id of a row, 16 bytes at worst, and nothing for an event that is no duplicate. Confined to one
 * thread.
 */
final class Door {
  private final DetectorGeometry geometry;
  private final Roaring64Bitmap idsSeen = new Roaring64Bitmap();
  private final Roaring64Bitmap duplicates = new Roaring64Bitmap();
  private final Map<Reason, Long> refused = new EnumMap<>(Reason.class);
  private long eventsSeen;

  Door(DetectorGeometry geometry) {
    this.geometry = geometry;
  }

  /**
   * Why an event does not pass; empty if it does.
   *
   * @param number events of the source before it; at most one more than any number before
   */
  Optional<Refusal> refusal(long number, Event event) {
    if (number > eventsSeen) {
      throw new IllegalArgumentException(
          "number: " + number + " (expected: 0.." + eventsSeen + ", the events read so far)");
    }
    if (number < eventsSeen) {
      return find(event, duplicates.contains(number));
    }
    eventsSeen++;
    boolean isDuplicate = idsSeen.contains(event.id());
    if (isDuplicate) {
      duplicates.addLong(number);
    } else {
      idsSeen.addLong(event.id());
    }
    var refusal = find(event, isDuplicate);
    refusal.ifPresent(found -> refused.merge(found.reason(), 1L, Long::sum));
    return refusal;
  }

  /** How many events were refused so far, by reason, each once however often it was read. */
  Map<Reason, Long> refused() {
    return Map.copyOf(refused);
  }

  private Optional<Refusal> find(Event event, boolean isDuplicate) {
    if (isDuplicate) {
      return Optional.of(
          new Refusal(
              event,
              Reason.REASON_EVENT_ID_DUPLICATE,
              "event_id: %d came before (expected: once per source); number the events anew"
                  .formatted(event.id())));
    }
    return EventDefect.find(event.pulses(), geometry)
        .map(found -> new Refusal(event, Reasons.of(found.defect()), found.message()));
  }
}
