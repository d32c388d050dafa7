// SPDX-License-Identifier: Apache-2.0

/** Room chassis. */
@NullMarked
package icecube.chassis;

import org.jspecify.annotations.NullMarked;
