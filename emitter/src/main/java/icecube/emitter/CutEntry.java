// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.proto.EventCodec;
import icecube.stream.EventDigest;
import icecube.stream.EventEntry;
import icecube.v1.Reason;
import icecube.v1.Rejection;
import java.util.List;

/**
 * The events of one entry, before they are bytes.
 *
 * @param events all of them, the duplicates too
 * @param duplicates positions of the events whose id came before
 */
record CutEntry(List<Event> events, List<Integer> duplicates) {
  CutEntry {
    events = List.copyOf(events);
    duplicates = List.copyOf(duplicates);
  }

  int eventCount() {
    return events.size();
  }

  /** The entry as the log takes it. Only the time differs when the same entry is made again. */
  EventEntry encode(DetectorGeometry geometry, String batchId, long emittedUnixUs) {
    var batch =
        EventCodec.encode(events, geometry).toBuilder()
            .setBatchId(batchId)
            .setEmittedUnixUs(emittedUnixUs);
    for (int index : duplicates) {
      batch.addRejections(
          Rejection.newBuilder()
              .setEventIndex(index)
              .setReason(Reason.REASON_EVENT_ID_DUPLICATE)
              .setMessage(
                  "event_id: %d came before (expected: once per source); number the events anew"
                      .formatted(events.get(index).id())));
    }
    long[] ids = events.stream().mapToLong(Event::id).toArray();
    return new EventEntry(batch.build().toByteArray(), ids.length, EventDigest.of(ids));
  }
}
