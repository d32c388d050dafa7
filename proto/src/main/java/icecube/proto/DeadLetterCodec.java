// SPDX-License-Identifier: Apache-2.0
package icecube.proto;

import icecube.physics.Event;
import icecube.v1.DeadLetter;
import icecube.v1.Detector;
import icecube.v1.Reason;
import java.util.List;

/**
 * Refused events as {@link DeadLetter}s, the same whoever refuses them.
 *
 * <p>Stateless and thread-safe.
 */
public final class DeadLetterCodec {
  private DeadLetterCodec() {}

  /**
   * A dead letter with the event itself in it, so that it can be sent round again.
   *
   * @param detector the detector, as the event's entry names it
   * @param message value, expectation and what to do
   */
  public static DeadLetter encode(Event event, Detector detector, Reason reason, String message) {
    return DeadLetter.newBuilder()
        .setEventId(event.id())
        .setReason(reason)
        .setMessage(message)
        .setEvent(EventCodec.encode(List.of(event), detector))
        .build();
  }
}
