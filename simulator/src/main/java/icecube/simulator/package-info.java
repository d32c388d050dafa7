// SPDX-License-Identifier: Apache-2.0

/** Room simulator. */
@NullMarked
package icecube.simulator;

import org.jspecify.annotations.NullMarked;
