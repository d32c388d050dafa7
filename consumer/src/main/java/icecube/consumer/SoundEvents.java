// SPDX-License-Identifier: Apache-2.0
package icecube.consumer;

import icecube.physics.Event;
import icecube.proto.DeadLetterCodec;
import icecube.proto.EventCodec;
import icecube.v1.DeadLetter;
import icecube.v1.Detector;
import icecube.v1.Reason;
import java.util.List;

/**
 * Events in the order in which they are predicted, with the detector their entry names.
 *
 * @param events the events
 * @param detector their detector, as the emitter wrote it
 */
record SoundEvents(List<Event> events, Detector detector) {
  static final SoundEvents NONE = new SoundEvents(List.of(), Detector.getDefaultInstance());

  SoundEvents {
    events = List.copyOf(events);
  }

  /** The event at {@code index} as the payload of an entry of its own. */
  byte[] alone(int index, long emittedUnixUs) {
    return EventCodec.encode(List.of(events.get(index)), detector).toBuilder()
        .setEmittedUnixUs(emittedUnixUs)
        .build()
        .toByteArray();
  }

  /** The dead letter of the event at {@code index}. */
  DeadLetter letter(int index, Reason reason, String message) {
    return letter(events.get(index), detector, reason, message);
  }

  /** A dead letter with the event itself in it, so that it can be sent round again. */
  static DeadLetter letter(Event event, Detector detector, Reason reason, String message) {
    return DeadLetterCodec.encode(event, detector, reason, message);
  }
}
