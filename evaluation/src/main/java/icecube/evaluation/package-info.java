// SPDX-License-Identifier: Apache-2.0
/**
 * How good predictions are and how honest: errors by energy, topology, zenith and pulses, coverage
 * of what they say of their own precision, what becomes of them when events are disturbed; as
 * numbers, as plots, as a page.
 *
 * <pre>
 *   events with truth --> Evaluator --> Evaluation --> TextTables, Charts --> ReportFolder
 *   predictions -> PredictionTable -^
 * </pre>
 */
@NullMarked
package icecube.evaluation;

import org.jspecify.annotations.NullMarked;
