// SPDX-License-Identifier: Apache-2.0

/**
 * The consumer: takes entries of events from the log, has the model server find their directions,
 * and publishes what became of every event.
 *
 * <pre>
 *   PartitionReader × P ─┐
 *                        ├→ EntryFlows → EntryPreparation → ModelLinks → EntryVerdict → complete
 *   LeaseKeeper (claims)─┘       ↑                                            |
 *                                └── retry, decided from the Reason alone ────┘
 * </pre>
 *
 * <p>An entry is in flight from the moment it is read until it is published, and its lease is
 * renewed all the while; there are never more than the window allows. Publication is one atomic
 * step of the log and the first one wins, so predicting an entry twice is harmless, and nothing
 * here has to be remembered across a crash.
 */
@NullMarked
package icecube.consumer;

import org.jspecify.annotations.NullMarked;
