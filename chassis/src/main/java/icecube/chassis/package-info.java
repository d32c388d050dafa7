// SPDX-License-Identifier: Apache-2.0

/**
 * What every service stands on: a gRPC server and channel with named limits, a management port, the
 * beats that tell the registry who is alive, and an orderly end.
 *
 * <pre>
 *   people, services --gRPC--&gt; GrpcServer (health, reflection, our services)
 *   Prometheus, probes --HTTP--&gt; ManagementServer (/metrics /health/live /health/ready)
 *   BeatSender --gRPC--&gt; registry
 *   Closer: all of the above, closed in reverse order of their start
 * </pre>
 *
 * <p>The room holds no settings mechanism: it takes records and the command line fills them.
 */
@NullMarked
package icecube.chassis;

import org.jspecify.annotations.NullMarked;
