// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * The errors of the events in one bin.
 *
 * @param by what events are sorted by: {@code energy}, {@code topology}, {@code zenith}, {@code
 *     pulses}
 * @param bin which bin of {@link Binning}
 * @param errors what is said of them; a count of 0 and no more for an empty bin
 * @param difference to the reference on the same events; null for the reference itself and for an
 *     empty bin
 */
public record GroupRow(
    String by, Binning.Bin bin, ErrorSummary errors, @Nullable Difference difference) {}
