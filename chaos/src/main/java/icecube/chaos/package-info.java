// SPDX-License-Identifier: Apache-2.0

/**
 * The mesh as real processes, with everything done to them that may happen to processes: killed,
 * stopped for longer than a lease, cut off, out of memory, rolled back. Afterwards every event must
 * have become one prediction or one dead letter.
 */
@NullMarked
package icecube.chaos;

import org.jspecify.annotations.NullMarked;
