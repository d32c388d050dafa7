// SPDX-License-Identifier: Apache-2.0
/**
 * Load for model servers, and an honest account of what they made of it.
 *
 * <pre>
 *   Pace ──► LoadRun ──► Caller ──► server
 *              │            │
 *            Tally ◄── Outcome          LoadResult = Tally + ServerSplit
 * </pre>
 *
 * <p>A {@link icecube.load.Pace} says when a request is meant to be sent, a {@link
 * icecube.load.Caller} sends it, and its latency counts from the moment it was meant to be sent: a
 * server that stalls is charged with the requests that had to wait for it (no coordinated
 * omission). The room speaks the Open Inference Protocol and {@code icecube.v1} and knows no server
 * of ours.
 */
@NullMarked
package icecube.load;

import org.jspecify.annotations.NullMarked;
