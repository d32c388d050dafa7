// SPDX-License-Identifier: Apache-2.0

/**
 * Programs that print the tables of the README. Each compares its figure with a limit or a peer
 * measured in the same run, alternating the two, and prints medians with their spread.
 */
@NullMarked
package icecube.benchmarks;

import org.jspecify.annotations.NullMarked;
