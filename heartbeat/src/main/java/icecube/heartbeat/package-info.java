// SPDX-License-Identifier: Apache-2.0

/**
 * The registry of who is alive. Components beat once a second; the registry keeps a lease for each
 * on its own clock, tells whoever lists or watches, and answers gRPC health checks for whole kinds
 * of component ({@code Check("consumer")}).
 *
 * <pre>
 *   components --Beat--&gt; HeartbeatCalls --&gt; SharedMembership (lock, clock) --&gt; Membership
 *                                                  |                         (pure, time is an argument)
 *                            thread registry-sweep: sweep, then tell
 *                                     |            |            |
 *                                 Watchers     KindHealth   RegistryMetrics
 * </pre>
 *
 * <p>All state is soft: it lives in memory, is rebuilt from beats within one lease of a restart,
 * and needs neither Redis nor consensus. For high availability run two or three and beat to each.
 */
@NullMarked
package icecube.heartbeat;

import org.jspecify.annotations.NullMarked;
