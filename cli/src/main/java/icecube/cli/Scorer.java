// SPDX-License-Identifier: Apache-2.0
package icecube.cli;

import icecube.physics.Event;
import icecube.v1.EventResult;
import java.util.List;

/**
 * What answers events in this process: a model without a server, or whatever a test puts in its
 * place. Thread-safe.
 */
interface Scorer {
  /** One result an event, in their order: a prediction, or the reason why there is none. */
  List<EventResult> score(List<Event> events);
}
