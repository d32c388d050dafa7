// SPDX-License-Identifier: Apache-2.0

/**
 * Room stream: the event log, where every event emitted ends as exactly one prediction or exactly
 * one dead letter.
 *
 * <pre>
 * producer --append--> events (entries 1, 2, 3 …) --readNew, claim--> consumer
 *                          |                                             |
 *                          |                complete: one atomic step    |
 *                          +--------- acknowledged, deleted &lt;------------+
 *                                      predictions &lt;---------------------+
 *                                      dead letters &lt;--------------------+
 *                                      account: emitted = predicted + deadLettered + inFlight
 * </pre>
 *
 * <p>Start at {@link icecube.stream.EventLog}, which says what may be relied on; {@link
 * icecube.stream.RedisEventLog} keeps it on Redis Streams and {@link
 * icecube.stream.InMemoryEventLog} in memory. {@link icecube.stream.EmbeddedRedis} is a Redis of
 * our own, and {@link icecube.stream.Reconciliation} the proof that nothing was lost or doubled.
 */
@NullMarked
package icecube.stream;

import org.jspecify.annotations.NullMarked;
