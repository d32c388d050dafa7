// SPDX-License-Identifier: Apache-2.0
/**
 * Sinks: what a stream publishes, told elsewhere. One so far: {@link icecube.sinks.MlflowSink}
 * tells MLflow, window by window, how fast, how old and how good predictions are, and by which
 * model.
 *
 * <pre>
 * EventLog -- sink-reader --> Window -- at its end --> WindowQueue -- sink-upload --> MLflow
 *   ^                                                  (bounded)                        |
 *   +------- where to read on from, at the start: kept in the run beside its figures ---+
 * </pre>
 *
 * <p>A sink only reads the stream: it belongs to no consumer group, holds nothing back, and when it
 * stands still nothing else does.
 */
@NullMarked
package icecube.sinks;

import org.jspecify.annotations.NullMarked;
