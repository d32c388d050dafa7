// SPDX-License-Identifier: Apache-2.0

/**
 * The emitter: puts the events of a data set or of the simulator into the event log, each exactly
 * once, and stays until every one of them is published.
 *
 * <pre>
 *   EventSource → EntryCutter → PartitionOutbox × P → EventLog.append
 *       ↑                                                  |
 *       └──────────── rewind, if the log lost entries ─────┘
 * </pre>
 *
 * <p>A source is replayable, and how it is cut into entries depends on nothing but the source and
 * the settings. So partition and sequence of every event are known without asking anybody, the
 * log's own high-water mark says what is still to be sent, and sending anything twice does nothing.
 */
@NullMarked
package icecube.emitter;

import org.jspecify.annotations.NullMarked;
