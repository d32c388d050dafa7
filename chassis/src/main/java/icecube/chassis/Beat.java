// SPDX-License-Identifier: Apache-2.0
package icecube.chassis;

import static java.util.Objects.requireNonNull;

import icecube.v1.InstanceState;

/**
 * How a component says it is in one beat.
 *
 * @param state STARTING, SERVING or DRAINING; LEFT is said by {@link BeatSender#close()}
 * @param eventsInFlight work in hand, events
 */
public record Beat(InstanceState state, int eventsInFlight) {
  public Beat {
    requireNonNull(state, "state");
    if (state != InstanceState.INSTANCE_STATE_STARTING
        && state != InstanceState.INSTANCE_STATE_SERVING
        && state != InstanceState.INSTANCE_STATE_DRAINING) {
      throw new IllegalArgumentException(
          "state: " + state + " (expected: STARTING, SERVING or DRAINING)");
    }
    if (eventsInFlight < 0) {
      throw new IllegalArgumentException(
          "events_in_flight: " + eventsInFlight + " (expected: >= 0)");
    }
  }

  /** Alive, not ready yet. */
  public static Beat starting() {
    return new Beat(InstanceState.INSTANCE_STATE_STARTING, 0);
  }

  /** Alive and to be asked. */
  public static Beat serving(int eventsInFlight) {
    return new Beat(InstanceState.INSTANCE_STATE_SERVING, eventsInFlight);
  }

  /** Alive, takes nothing new. */
  public static Beat draining(int eventsInFlight) {
    return new Beat(InstanceState.INSTANCE_STATE_DRAINING, eventsInFlight);
  }
}
