// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.physics.DetectorGeometry;
import icecube.physics.Event;
import icecube.physics.IceCube86;
import icecube.proto.EventCodec;
import icecube.v1.DeadLetter;
import icecube.v1.Reason;
import java.util.List;

/**
 * Events in the order in which they are predicted, with their detector.
 *
 * @param events the events
 * @param geometry their detector
 */
record SoundEvents(List<Event> events, DetectorGeometry geometry) {
  static final SoundEvents NONE = new SoundEvents(List.of(), IceCube86.geometry());

  SoundEvents {
    events = List.copyOf(events);
  }

  /** The dead letter of the event at {@code index}. */
  DeadLetter letter(int index, Reason reason, String message) {
    return letter(events.get(index), geometry, reason, message);
  }

  /** A dead letter with the event itself in it, so that it can be sent round again. */
  static DeadLetter letter(Event event, DetectorGeometry geometry, Reason reason, String message) {
    return DeadLetter.newBuilder()
        .setEventId(event.id())
        .setReason(reason)
        .setMessage(message)
        .setEvent(EventCodec.encode(List.of(event), geometry))
        .build();
  }
}
