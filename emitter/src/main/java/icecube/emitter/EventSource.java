// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.DetectorGeometry;
import java.util.OptionalLong;

/**
 * Events in a fixed order that can be read again, from the start or from a place of an earlier
 * reading, as often as asked.
 *
 * <p>Every reading yields the same events in the same order; the emitter's promise rests on it.
 */
public interface EventSource {
  /** What tells this source from every other; equal for sources that yield the same events. */
  String fingerprint();

  /** The detector that the events' sensor ids belong to. */
  DetectorGeometry geometry();

  /** How many events there are, if that is known before reading them all. */
  OptionalLong eventCount();

  /** Whether its events know when they triggered, so that they can be replayed. */
  default boolean hasTriggerTimes() {
    return false;
  }

  /** Reads from the first event on. The caller closes the cursor. */
  EventCursor open();

  /** Reads from a place on that a cursor of this source told. The caller closes the cursor. */
  default EventCursor open(SourcePosition from) {
    throw new UnsupportedOperationException(
        "position: " + from + " (expected: none, the source is read from its start)");
  }
}
