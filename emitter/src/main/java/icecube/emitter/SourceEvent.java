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
 * @param energyGev energy of the particles that gave the light, GeV; null if the source does not
 *     know
 * @param isTrack whether it is a track, not a cascade; null if the source does not know
 */
public record SourceEvent(
    Event event,
    @Nullable Direction truth,
    @Nullable Long triggerTimeNs,
    @Nullable Double energyGev,
    @Nullable Boolean isTrack) {
  public SourceEvent {
    requireNonNull(event, "event");
  }

  /** An event whose energy and shape the source does not know. */
  public SourceEvent(Event event, @Nullable Direction truth, @Nullable Long triggerTimeNs) {
    this(event, truth, triggerTimeNs, null, null);
  }

  /** An event of a source without trigger times. */
  public SourceEvent(Event event, @Nullable Direction truth) {
    this(event, truth, null);
  }
}
