// SPDX-License-Identifier: Apache-2.0
package icecube.physics;

import static java.util.Objects.requireNonNull;

/**
 * The pulses that one trigger of the detector read out.
 *
 * @param id the event's number in its data set; may repeat in a faulty source
 * @param pulses its pulses in time order, if the source is sound; may be empty in a faulty one
 */
public record Event(long id, PulseSeries pulses) {
  public Event {
    requireNonNull(pulses, "pulses");
  }
}
