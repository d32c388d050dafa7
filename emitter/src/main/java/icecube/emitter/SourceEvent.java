// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import static java.util.Objects.requireNonNull;

import icecube.physics.Direction;
import icecube.physics.Event;
import org.jspecify.annotations.Nullable;

/**
 * An event and, where the source knows it, the truth about it. Only the event is emitted.
 *
 * @param event what the detector saw
 * @param truth where the neutrino came from; null if the source does not know
 * @param triggerTimeNs when the detector triggered, ns since the source's first event; null if the
 *     source does not know
 */
public record SourceEvent(Event event, @Nullable Direction truth, @Nullable Long triggerTimeNs) {
  public SourceEvent {
    requireNonNull(event, "event");
  }

  /** An event of a source without trigger times. */
  public SourceEvent(Event event, @Nullable Direction truth) {
    this(event, truth, null);
  }
}
