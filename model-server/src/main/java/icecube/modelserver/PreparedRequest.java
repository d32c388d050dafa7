// SPDX-License-Identifier: Apache-2.0
package icecube.modelserver;

import icecube.v1.EventResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that was decoded: what to ask the model, and the errors of events that are not asked
 * about.
 *
 * @param task the sound events, in the request's order
 * @param errors one an event of the request: its error, or null for the next of the task
 */
record PreparedRequest(DirectionTask task, List<@Nullable EventResult> errors) {}
