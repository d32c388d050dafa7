// SPDX-License-Identifier: Apache-2.0

/**
 * The mesh on one thread under fake time: the real code of emitter, consumer and accounting over
 * the log in memory, with one seed that decides what happens next and what goes wrong.
 */
@NullMarked
package icecube.chaos.simulated;

import org.jspecify.annotations.NullMarked;
