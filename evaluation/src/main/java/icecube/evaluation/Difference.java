// SPDX-License-Identifier: Apache-2.0
package icecube.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * How much worse one answer is than another on the same events, each event compared with itself.
 *
 * @param count events
 * @param meanRad mean of error minus the other's error, rad; below 0 is better
 * @param standardErrorRad standard error of that mean; null with less than two events
 */
public record Difference(long count, double meanRad, @Nullable Double standardErrorRad) {}
