// SPDX-License-Identifier: Apache-2.0

/** Room emitter. */
@NullMarked
package icecube.emitter;

import org.jspecify.annotations.NullMarked;
