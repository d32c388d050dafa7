// SPDX-License-Identifier: Apache-2.0

/**
 * Kaggle-format files, in and out: batches of pulses, meta with truth, sensor geometry,
 * submissions, predictions; Parquet and CSV.
 *
 * <p>Readers stream: what they hold is bounded by one event and one page of each column, not by the
 * file or its row groups. They are tolerant of how a column is stored and strict about what it
 * means, and they leave the judgement of an event to the place that can dead-letter it: a NaN
 * charge or an unknown sensor passes through. Writers write beside the target and move the file
 * into place when it is whole.
 */
@NullMarked
package icecube.dataset;

import org.jspecify.annotations.NullMarked;
