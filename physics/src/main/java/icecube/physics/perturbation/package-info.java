// SPDX-License-Identifier: Apache-2.0
/**
 * Ways to disturb events as a detector might, to see how much an answer depends on what it should
 * not depend on. Each is a pure function of an event and a seed.
 */
@NullMarked
package icecube.physics.perturbation;

import org.jspecify.annotations.NullMarked;
