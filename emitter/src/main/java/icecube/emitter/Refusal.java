// SPDX-License-Identifier: Apache-2.0
package icecube.emitter;

import icecube.physics.Event;
import icecube.v1.Reason;

/**
 * An event that does not pass the door.
 *
 * @param event the event as it came
 * @param reason why
 * @param message value, expectation and what to do
 */
record Refusal(Event event, Reason reason, String message) {}
